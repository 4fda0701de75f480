// What a core's parts may get from other cores, in tests in which most of it does not come.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>

#include "base/descriptor.h"
#include "commands/command.h"
#include "core/parcel.h"

namespace seshdb::testing {

/// Every message is a failure. A test hides those that it expects with functions of its own, after
/// `using NoMessages::on_message;`.
struct NoMessages {
  static void on_call(const core::ReturnAddress& /*from*/, const commands::Call& /*call*/) {
    ADD_FAILURE() << "a call";
  }
  static void on_answer(const core::ReturnAddress& /*to*/, std::string_view /*text*/,
                        Answered /*answered*/) {
    ADD_FAILURE() << "an answer";
  }
  static void on_lost(const core::ReturnAddress& /*to*/) { ADD_FAILURE() << "a loss"; }
  static void on_message(core::PartRequest&& /*request*/) { ADD_FAILURE() << "a part's request"; }
  static void on_message(core::PartAnswer&& /*answer*/) { ADD_FAILURE() << "a part"; }
  static void on_message(core::SavePartRequest&& /*request*/) {
    ADD_FAILURE() << "a request for a save's part";
  }
  static void on_message(core::SavePartAnswer&& /*answer*/) { ADD_FAILURE() << "a save's part"; }
  static void on_message(Descriptor&& /*socket*/) { ADD_FAILURE() << "a socket"; }
};

}  // namespace seshdb::testing
