import ArgumentParser
import Foundation
import Live
import LiveBench
import Scenarios
import Trials

struct FidelityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    ofTrial: "fidelity", abstract: "Compare predictions with measurements, here and published, and write the page about it.",
    discussion: """
      Calibrates this machine, runs 24 settings on real sockets and in the simulation, and predicts published figures. Takes some minutes, in which nothing else should run.

        trial fidelity --out docs/fidelity.md
      """)

  enum Part: String, ExpressibleByArgument, CaseIterable { case measured, published }

  @Option(help: ArgumentHelp("Write the page to a file. [default: standard output]", valueName: "file"))
  var out: String?

  @Option(help: ArgumentHelp("The profile of this machine, as trial calibrate wrote it. [default: calibrate now]", valueName: "file"))
  var machine: String?

  @Option(help: ArgumentHelp("What is modelled and what is not, in words: the second half of the page.", valueName: "file"))
  var model = "docs/fidelity-model.md"

  @Option(help: "Compare only with this: what runs here, or what others published. [default: both]")
  var part: Part?

  @Flag(help: "Run everything here for a moment only, to see whether it works.")
  var quick = false

  @Flag(help: "No progress, only the page.")
  var quiet = false

  func run() throws {
    guard let model = FileManager.default.contents(atPath: model) else {
      standardError("error: there is no file \(self.model), or it cannot be read\n  Run from the folder of the project, or name the file with --model.")
      throw ArgumentParser.ExitCode(.wrongUsage)
    }
    var tables: [ComparisonTable] = []
    do {
      if part != .published {
        var calibration = Calibration.Options()
        calibration.isShort = quick
        let profile = try machine.map { try MachineLibrary.profile($0) } ?? Calibration(calibration) { tell("calibration: \($0)") }.profile
        tables.append(try Fidelity.measured(with: profile, quick: quick) { tell($0) })
      }
      if part != .measured { tables += try Fidelity.published { tell($0) } }
    } catch let error as ScenarioError {
      standardError("error: \(error)")
      throw ArgumentParser.ExitCode(.badInput)
    } catch let error as LiveError {
      standardError("error: \(error)")
      throw ArgumentParser.ExitCode(.internalError)
    }
    let text = FidelityPage(tables: tables, model: String(decoding: model, as: UTF8.self)).text
    guard let out else { return print(text, terminator: "") }
    do {
      try write(text, to: out)
    } catch {
      standardError("error: \(out) cannot be written: \(error.localizedDescription)")
      throw ArgumentParser.ExitCode(.wrongUsage)
    }
  }

  private func tell(_ text: String) {
    if !quiet { standardError(text) }
  }
}
