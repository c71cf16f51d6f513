import ArgumentParser
import Results

/// Reports that a command for failing trials was given one that does not fail.
func noFailure(in result: RunResult) -> ArgumentParser.ExitCode {
  fail("the trial ended \(result.exitCode.word): there is no failure. For a scenario that expects a violation write --set 'expect={ holds: all }'", .notExercised)
}
