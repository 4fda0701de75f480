// Dates of answers; the expected ones are those of RFC 9110 and of `date -u`.
#include "net/http_date.h"

#include <gtest/gtest.h>

namespace seshdb::net {

TEST(HttpDate, is_spelled_as_the_rfc_has_it) {
  EXPECT_EQ(http_date(784'111'777'000), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(784'111'777'999), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(784'111'778'000), "Sun, 06 Nov 1994 08:49:38 GMT");
  EXPECT_EQ(http_date(1'709'210'096'123), "Thu, 29 Feb 2024 12:34:56 GMT");
}

TEST(HttpDate, keeps_its_form_whatever_the_clock_says) {
  EXPECT_EQ(http_date(-1'000), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(INT64_MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

}  // namespace seshdb::net
