// Names of the statuses, for the manual and the logs.
#include "base/status.h"

namespace seshdb {

std::string_view status_name(Status status) {
  switch (status) {
    case Status::kOk:
      return "Ok";
    case Status::kPayLoadInvalid:
      return "PayLoadInvalid";
    case Status::kJsonInvalid:
      return "JsonInvalid";
    case Status::kPathInvalid:
      return "PathInvalid";
    case Status::kPathNotExist:
      return "PathNotExist";
    case Status::kCommandNotExist:
      return "CommandNotExist";
    case Status::kCommandMultiple:
      return "CommandMultiple";
    case Status::kCommandType:
      return "CommandType";
    case Status::kCommandSyntax:
      return "CommandSyntax";
    case Status::kCommandDisabled:
      return "CommandDisabled";
    case Status::kKeySet:
      return "KeySet";
    case Status::kKeyUpdated:
      return "KeyUpdated";
    case Status::kKeyNotExist:
      return "KeyNotExist";
    case Status::kKeyExist:
      return "KeyExist";
    case Status::kKeyRemoved:
      return "KeyRemoved";
    case Status::kParamMissing:
      return "ParamMissing";
    case Status::kKeyTypeInvalid:
      return "KeyTypeInvalid";
    case Status::kValueMissing:
      return "ValueMissing";
    case Status::kValueTypeInvalid:
      return "ValueTypeInvalid";
    case Status::kValueSize:
      return "ValueSize";
    case Status::kOutOfBounds:
      return "OutOfBounds";
    case Status::kTestFailed:
      return "TestFailed";
    case Status::kFindNoPath:
      return "FindNoPath";
    case Status::kFindNoOperator:
      return "FindNoOperator";
    case Status::kFindInvalidOperator:
      return "FindInvalidOperator";
    case Status::kSessionNotExist:
      return "SessionNotExist";
    case Status::kSessionTokenInvalid:
      return "SessionTokenInvalid";
    case Status::kSessionOpenFail:
      return "SessionOpenFail";
    case Status::kSessionNewFail:
      return "SessionNewFail";
    case Status::kSaveComplete:
      return "SaveComplete";
    case Status::kSaveDirWriteFail:
      return "SaveDirWriteFail";
    case Status::kSaveError:
      return "SaveError";
    case Status::kLoadComplete:
      return "LoadComplete";
    case Status::kLoadError:
      return "LoadError";
    case Status::kUnknown:
      return "Unknown";
  }
  return "Unknown";
}

}  // namespace seshdb
