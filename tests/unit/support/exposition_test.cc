// The tests' reader of Prometheus's text format takes what is right and nothing else.
#include <gtest/gtest.h>

#include "support/exposition.h"

namespace seshdb::testing {

namespace {

const std::string kHead = "# HELP a_total Some.\n# TYPE a_total counter\n";
const std::string kHistogram = "# HELP h Times.\n# TYPE h histogram\n";

}  // namespace

TEST(Exposition, reads_values_labels_and_descriptions) {
  const Exposition read = read_exposition(
      kHead +
      "a_total{z=\"1\",b=\"x\\\"\\\\\\n,}\"} 2.5e+03\na_total{z=\"2\"} 4 1700000000\n\n# no "
      "more\n" +
      kHistogram + "h_count 3\nh_sum 0.5\nh_bucket{le=\"1e-06\"} 1\nh_bucket{le=\"+Inf\"} 3\n");
  EXPECT_TRUE(read.faults.empty()) << read.faults.front();
  EXPECT_EQ(read.value("a_total{b=\"x\\\"\\\\\\n,}\",z=\"1\"}"), 2'500);
  EXPECT_EQ(read.sum("a_total"), 2'504);
  EXPECT_EQ(read.metrics.at("a_total").type, "counter");
  EXPECT_EQ(read.metrics.at("a_total").help, "Some.");
  EXPECT_EQ(read.value("h_bucket{le=\"1e-06\"}"), 1);
}

TEST(Exposition, finds_every_fault) {
  for (const std::string& text :
       {std::string(),
        kHead + "a_total 1",
        kHead + "a_total  1\n",
        kHead + "a_total\n",
        kHead + "a_total 1x\n",
        kHead + "a_total{b=1} 1\n",
        kHead + "a_total{b=\"\\x\"} 1\n",
        kHead + "a_total{b=\"1\",b=\"2\"} 1\n",
        kHead + "a_total{b=\"1\" 1\n",
        kHead + "a_total 1\na_total 2\n",
        kHead + "a_total -1\n",
        kHead + "1a 1\n",
        kHead + "b_total 1\n",
        kHead + "a_total 1\n" + kHead,
        std::string("a_total 1\n"),
        std::string("# TYPE a number\n"),
        std::string("# HELP a Some.\n# TYPE a counter\na 1\n"),
        std::string("# HELP a_total Some.\n# TYPE a_total gauge\na_total 1\n"),
        kHistogram + "h 1\n",
        kHistogram + "h_sum 1\nh_count 1\nh_bucket{le=\"1\"} 1\n",
        kHistogram + "h_sum 1\nh_count 2\nh_bucket{le=\"+Inf\"} 1\n",
        kHistogram + "h_count 1\nh_bucket{le=\"+Inf\"} 1\n",
        kHistogram + "h_sum 1\nh_count 1\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\n"}) {
    EXPECT_FALSE(read_exposition(text).faults.empty()) << text;
  }
}

}  // namespace seshdb::testing
