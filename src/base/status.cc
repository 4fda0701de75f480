// The names of the statuses, for the manual and the logs.
#include "base/status.h"

#include <algorithm>
#include <array>

namespace seshdb {

namespace {

struct Name {
  Status status;
  std::string_view name;
};

constexpr std::array kNames{
    Name{Status::kOk, "Ok"},
    Name{Status::kPayLoadInvalid, "PayLoadInvalid"},
    Name{Status::kJsonInvalid, "JsonInvalid"},
    Name{Status::kPathInvalid, "PathInvalid"},
    Name{Status::kPathNotExist, "PathNotExist"},
    Name{Status::kCommandNotExist, "CommandNotExist"},
    Name{Status::kCommandMultiple, "CommandMultiple"},
    Name{Status::kCommandType, "CommandType"},
    Name{Status::kCommandSyntax, "CommandSyntax"},
    Name{Status::kCommandDisabled, "CommandDisabled"},
    Name{Status::kKeySet, "KeySet"},
    Name{Status::kKeyUpdated, "KeyUpdated"},
    Name{Status::kKeyNotExist, "KeyNotExist"},
    Name{Status::kKeyExist, "KeyExist"},
    Name{Status::kKeyRemoved, "KeyRemoved"},
    Name{Status::kParamMissing, "ParamMissing"},
    Name{Status::kKeyTypeInvalid, "KeyTypeInvalid"},
    Name{Status::kValueMissing, "ValueMissing"},
    Name{Status::kValueTypeInvalid, "ValueTypeInvalid"},
    Name{Status::kValueSize, "ValueSize"},
    Name{Status::kOutOfBounds, "OutOfBounds"},
    Name{Status::kTestFailed, "TestFailed"},
    Name{Status::kFindNoPath, "FindNoPath"},
    Name{Status::kFindNoOperator, "FindNoOperator"},
    Name{Status::kFindInvalidOperator, "FindInvalidOperator"},
    Name{Status::kSessionNotExist, "SessionNotExist"},
    Name{Status::kSessionTokenInvalid, "SessionTokenInvalid"},
    Name{Status::kSessionOpenFail, "SessionOpenFail"},
    Name{Status::kSessionNewFail, "SessionNewFail"},
    Name{Status::kSaveComplete, "SaveComplete"},
    Name{Status::kSaveDirWriteFail, "SaveDirWriteFail"},
    Name{Status::kSaveError, "SaveError"},
    Name{Status::kLoadComplete, "LoadComplete"},
    Name{Status::kLoadError, "LoadError"},
    Name{Status::kMemoryFull, "MemoryFull"},
    Name{Status::kStorageFull, "StorageFull"},
    Name{Status::kStorageFailed, "StorageFailed"},
    Name{Status::kAuthRequired, "AuthRequired"},
    Name{Status::kAuthFailed, "AuthFailed"},
    Name{Status::kForbidden, "Forbidden"},
    Name{Status::kTooManyGuesses, "TooManyGuesses"},
    Name{Status::kSessionExist, "SessionExist"},
    Name{Status::kUnavailable, "Unavailable"},
};

}  // namespace

std::string_view status_name(Status status) {
  const auto* const found = std::find_if(kNames.begin(), kNames.end(),
                                         [status](const Name& n) { return n.status == status; });
  return found == kNames.end() ? "Unknown" : found->name;
}

}  // namespace seshdb
