// The private PostgreSQL of a data directory: started, adopted, refused, stopped.
#include "persistence/embedded_postgres.hpp"

#include "tests/integration/persistence/test_database.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <fstream>

namespace campgate::test {
namespace {

std::string complaint_about(const std::filesystem::path& data) {
    try {
        embedded_postgres postgres({data, false, {}});
        return {};
    } catch (const startup_error& e) {
        return e.what();
    }
}

// Starts it in a process of its own that then ends without a goodbye.
pid_t start_and_die(const std::filesystem::path& data) {
    int ends[2];
    if (::pipe(ends) != 0) return 0;
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        auto* const postgres = new embedded_postgres({data, false, {}});
        const pid_t pid = postgres->pid();
        (void)!::write(ends[1], &pid, sizeof pid);
        ::kill(::getpid(), SIGKILL);
    }
    ::close(ends[1]);
    pid_t pid = 0;
    (void)!::read(ends[0], &pid, sizeof pid);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return pid;
}

TEST(embedded_postgres, keeps_its_data_over_a_stop_and_a_start) {
    embedded_postgres& postgres = server();
    const std::string url = new_database();
    sql(url, "CREATE TABLE kept AS SELECT 7 AS n");
    postgres.stop();
    EXPECT_FALSE(postgres.running());
    EXPECT_THROW(sql(url, "SELECT 1"), database_error);
    postgres.start();
    EXPECT_EQ(sql(url, "SELECT n FROM kept"), "7");
}

TEST(embedded_postgres, is_durable_and_speaks_to_nobody_but_the_socket) {
    const std::string& url = server().url();
    EXPECT_EQ(sql(url, "SHOW fsync"), "on");
    EXPECT_EQ(sql(url, "SHOW synchronous_commit"), "on");
    EXPECT_EQ(sql(url, "SHOW full_page_writes"), "on");
    EXPECT_EQ(sql(url, "SHOW data_checksums"), "on");
    EXPECT_EQ(sql(url, "SHOW listen_addresses"), "");
    EXPECT_EQ(sql(url, "SHOW server_encoding"), "UTF8");
    EXPECT_EQ(sql(url, "SHOW lc_collate"), "C");
}

TEST(embedded_postgres, is_away_from_our_terminal) {
    EXPECT_EQ(::getsid(server().pid()), server().pid());
    EXPECT_NE(::getpgid(server().pid()), ::getpgid(0));
}

TEST(embedded_postgres, is_adopted_after_a_sudden_end) {
    const temporary_directory directory;
    const pid_t before = start_and_die(directory.path());
    ASSERT_GT(before, 0);
    embedded_postgres postgres({directory.path(), false, {}});
    EXPECT_TRUE(postgres.adopted());
    EXPECT_EQ(postgres.pid(), before);
    EXPECT_TRUE(postgres.running());
    postgres.stop();
    EXPECT_FALSE(postgres.running());
}

TEST(embedded_postgres, starts_again_when_it_was_killed) {
    const temporary_directory directory;
    embedded_postgres postgres({directory.path(), false, {}});
    ::kill(postgres.pid(), SIGKILL);
    for (int i = 0; i < 200 && postgres.running(); ++i) ::usleep(10'000);
    EXPECT_FALSE(postgres.running());
    postgres.start();
    EXPECT_EQ(sql(postgres.url(), "SELECT 1"), "1");
}

TEST(embedded_postgres, a_second_process_on_the_directory_is_told_who_has_it) {
    const temporary_directory directory;
    embedded_postgres postgres({directory.path(), false, {}});
    const std::string said = complaint_about(directory.path());
    EXPECT_NE(said.find("in use by campgate process " + std::to_string(::getpid())),
              std::string::npos)
        << said;
    EXPECT_EQ(running_embedded_database(directory.path()), postgres.url());
}

TEST(embedded_postgres, fresh_begins_anew_even_over_an_orphan) {
    const temporary_directory directory;
    {
        embedded_postgres postgres({directory.path(), false, {}});
        sql(postgres.url(), "CREATE TABLE gone (n integer)");
    }
    const pid_t orphan = start_and_die(directory.path());
    embedded_postgres postgres({directory.path(), true, {}});
    EXPECT_FALSE(postgres.adopted());
    EXPECT_GT(orphan, 0);
    EXPECT_NE(postgres.pid(), orphan);
    EXPECT_EQ(sql(postgres.url(), "SELECT count(*) FROM pg_class WHERE relname = 'gone'"), "0");
}

TEST(embedded_postgres, a_directory_it_cannot_reach_gets_one_clear_sentence) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root drops to another user";
    const temporary_directory directory;
    ::chmod(directory.path().c_str(), 0700);
    const std::string said = complaint_about(directory.path() / "data");
    EXPECT_NE(said.find("who cannot enter " + directory.path().string() + ":"), std::string::npos)
        << said;
}

TEST(embedded_postgres, data_of_another_version_is_refused) {
    const temporary_directory directory;
    { embedded_postgres postgres({directory.path(), false, {}}); }
    std::ofstream(directory.path() / "postgres/PG_VERSION", std::ios::trunc) << "9\n";
    const std::string said = complaint_about(directory.path());
    EXPECT_NE(said.find("was written by PostgreSQL 9"), std::string::npos) << said;
}

TEST(embedded_postgres, a_long_path_gets_its_socket_elsewhere) {
    const temporary_directory directory;
    const auto data = directory.path() / std::string(120, 'd');
    embedded_postgres postgres({data, false, {}});
    EXPECT_EQ(sql(postgres.url(), "SELECT 1"), "1");
}

}  // namespace
}  // namespace campgate::test
