import ArgumentParser
import Foundation
import Live
import LiveBench
import Trials

struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "calibrate", abstract: "Measure this machine, and write a machine profile for the simulation.",
    discussion: """
      Runs this project's brokers and clients on real sockets and disks for half a minute. Nothing else should run meanwhile.

        trial calibrate -o machine.yaml
        trial bench benchmarks/acks --set cluster.machine=./machine.yaml

      Without -o the profile goes to standard output and all else to standard error.
      """)

  @Option(name: .shortAndLong, help: ArgumentHelp("Write the profile to a file.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Measure the disk of this folder. [default: the folder of temporary files]", valueName: "dir"))
  var data: String?

  @Flag(help: "Take a few seconds only; less exact.")
  var short = false

  @Flag(help: "Print only the profile.")
  var quiet = false

  func run() throws {
    var options = Calibration.Options()
    options.isShort = short
    options.folder = data
    let calibration: Calibration
    do {
      calibration = try Calibration(options) { if !quiet { standardError("measuring \($0)") } }
    } catch let error as LiveError {
      standardError("error: \(error)")
      throw ArgumentParser.ExitCode(.internalError)
    }
    if !quiet { standardError(table(calibration.figures)) }
    let text = calibration.profile.yaml
    guard let output else { return print(text, terminator: "") }
    do {
      try write(text, to: output)
    } catch {
      standardError("error: \(output) cannot be written: \(error.localizedDescription)")
      throw ArgumentParser.ExitCode(.wrongUsage)
    }
    if !quiet { standardError("written to \(output)") }
  }

  private func table(_ figures: [Calibration.Figure]) -> String {
    let names = figures.map(\.name.count).max() ?? 0, values = figures.map(\.value.count).max() ?? 0
    return figures.map { figure in
      figure.name.padding(toLength: names + 2, withPad: " ", startingAt: 0) + figure.value.padding(toLength: values + 2, withPad: " ", startingAt: 0) + figure.spread
    }.joined(separator: "\n")
  }
}
