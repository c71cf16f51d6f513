import Scenarios
import Testing
import Trials

@testable import LiveBench

@Suite struct FidelityTests {
  @Test func `The page shows summary, figures and the model`() {
    let table = ComparisonTable(
      title: "A cluster", about: "How it was run.",
      rows: [
        PredictedFigure("acks=1", .throughput, predicted: 120_000, measured: 100_000, isFitted: true),
        PredictedFigure("acks=1", .publishP50, predicted: 2.5, measured: 2),
        PredictedFigure("acks=all", .throughput, predicted: 90_000, measured: 100_000),
        PredictedFigure("acks=all", .publishP50, predicted: 30, measured: 20),
      ])
    let text = FidelityPage(tables: [table], model: "## Modelled\n\nAll.\n").text
    #expect(text.hasPrefix("# Fidelity\n"))
    #expect(text.hasSuffix("## Modelled\n\nAll.\n"))
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.contains("| A cluster | throughput | 1 (and 1 fitted) |  | 10 % |  |"))
    #expect(lines.contains("| A cluster | publish.p50 | 2 | 1.00 | 38 % | 50 % |"))
    #expect(lines.contains("| acks=1 | 120000 | 100000 | +20 % *fit* | 2.50 | 2.00 | +25 % |"))
    #expect(lines.contains("| acks=all | 90000 | 100000 | -10 % | 30.0 | 20.0 | +50 % |"))
  }

  @Test func `Every published figure has a scenario`() throws {
    let figures = PublishedFigures.shipped
    #expect(Set(figures.figures.map(\.source)) == Set(PublishedSource.all.map(\.name)))
    // Those of Kreps stand among the scenarios that ship.
    for source in PublishedSource.all where source.name != "Kreps2014" {
      for name in figures.cases(of: source.name) { #expect(throws: Never.self) { try source.scenario(name) } }
    }
  }

  @Test func `No case with a linger was used to fit`() {
    let fitted = PublishedFigures.shipped.figures.filter { $0.source == "kafka-4.3" && $0.isFitted }
    #expect(fitted.count == 16)
    #expect(fitted.allSatisfy { $0.name.contains("linger.ms=0") && !$0.metric.rawValue.hasPrefix("publish") })
  }

  @Test func `Twenty-four settings are run here`() {
    #expect(Set(Fidelity.settings).count == 24)
  }
}

@Suite(.serialized) struct CalibrationTests {
  @Test func `A calibration writes a profile that scenarios can name`() throws {
    var options = Calibration.Options()
    options.isShort = true
    let calibration = try Calibration(options)
    let profile = calibration.profile
    let read = try MachineReader.read(text: profile.yaml, file: "machine.yaml")
    #expect(read == profile)
    #expect(profile.isShared)
    #expect(profile.processor.threads == 1)
    #expect(profile.processor.checksumBytePicoseconds > 0)
    #expect(profile.processor.compressBytePicoseconds.dropFirst().allSatisfy { $0 > 0 })
    #expect(profile.disk.syncQuantiles.count == 21)
    #expect(calibration.figures.count > 15)
  }
}
