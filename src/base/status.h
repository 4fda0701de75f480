// The values of `st` in answers (docs/protocol.md, "Status values"). They are on the wire: a value
// must never change its meaning. New statuses get values above 200.
#pragma once

#include <cstdint>
#include <string_view>

namespace seshdb {

enum class Status : std::uint16_t {
  kOk = 1,
  kPayLoadInvalid = 2,
  kJsonInvalid = 3,
  kPathInvalid = 4,
  kPathNotExist = 5,
  kCommandNotExist = 10,
  kCommandMultiple = 11,
  kCommandType = 12,
  kCommandSyntax = 13,
  kCommandDisabled = 14,
  kKeySet = 20,
  kKeyUpdated = 21,
  kKeyNotExist = 22,
  kKeyExist = 23,
  kKeyRemoved = 24,
  kParamMissing = 26,
  kKeyTypeInvalid = 27,
  kValueMissing = 40,
  kValueTypeInvalid = 41,
  kValueSize = 42,
  kOutOfBounds = 43,
  kTestFailed = 50,
  kFindNoPath = 60,
  kFindNoOperator = 61,
  kFindInvalidOperator = 62,
  kSessionNotExist = 100,
  kSessionTokenInvalid = 101,
  kSessionOpenFail = 102,
  kSessionNewFail = 103,
  kSaveComplete = 121,
  kSaveDirWriteFail = 122,
  kSaveError = 123,
  kLoadComplete = 141,
  kLoadError = 142,
  kMemoryFull = 200,
  kStorageFull = 201,
  kStorageFailed = 202,
  kAuthRequired = 203,
  kAuthFailed = 204,
  kForbidden = 205,
  kTooManyGuesses = 207,
  kSessionExist = 208,
  kUnavailable = 209,
};

static_assert(static_cast<int>(Status::kKeySet) == 20 &&
                  static_cast<int>(Status::kUnavailable) == 209,
              "status numbers are on the wire");

/// True if the status reports success, of a request or of a key.
[[nodiscard]] constexpr bool is_success(Status status) {
  return status == Status::kOk || status == Status::kKeySet || status == Status::kKeyUpdated ||
         status == Status::kKeyRemoved || status == Status::kSaveComplete ||
         status == Status::kLoadComplete;
}

/// The name of a status in the manual, for example "KeyNotExist".
[[nodiscard]] std::string_view status_name(Status status);

}  // namespace seshdb
