import ArgumentParser
import Bench
import Trials

/// Runs the settings from standard input, one per line. `bench` starts one of these for each core.
struct BenchWorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(ofTrial: "bench-worker", abstract: "Run settings for bench.", shouldDisplay: false)

  func run() throws { try BenchWorker.run() }
}
