import Bench
import Foundation
import Results
import Scenarios
import Sim
import Trials

/// Predicts measured figures, from this machine or from elsewhere, and compares.
public enum Fidelity {
  /// The settings that are run here: all combinations of two values of acks, batch.size and linger.ms with three of compression.type.
  static let settings: [String] = ["1", "all"].flatMap { acks in
    ["16384", "131072"].flatMap { batch in
      ["0", "5"].flatMap { linger in
        ["none", "lz4", "zstd"].map { "acks=\(acks) batch.size=\(batch) linger.ms=\(linger) compression.type=\($0)" }
      }
    }
  }

  /// Runs all settings on this machine and in the simulation.
  ///
  /// - Parameters:
  ///   - profile: the profile of this machine.
  ///   - quick: whether to take only a tenth of the time, to check that it works.
  ///   - progress: called with what runs next.
  public static func measured(with profile: MachineProfile, quick: Bool, progress: (String) -> Void) throws -> ComparisonTable {
    let file = FileManager.default.temporaryDirectory.path + "/trial-machine-\(UUID().uuidString).yaml"
    try profile.yaml.write(toFile: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    var rows: [PredictedFigure] = []
    for (index, name) in settings.enumerated() {
      progress("\(index + 1) of \(settings.count): \(name)")
      let measured = try scenario(name, machine: "nvme-10g", milliseconds: quick ? 600 : 3_500, warmup: quick ? 200 : 1_500)
      let live = try runLive(measured, seed: 1, target: .loopback).run.metrics
      let simulated = try BenchRun(scenario(name, machine: file, milliseconds: quick ? 400 : 2_000, warmup: quick ? 200 : 1_000), seed: 1).result().metrics
      for metric in [ComparedMetric.throughput, .publishP50, .cpu] {
        guard let predicted = metric.value(in: simulated), let measured = metric.value(in: live) else { continue }
        rows.append(PredictedFigure(name, metric, predicted: predicted, measured: measured))
      }
    }
    return ComparisonTable(
      title: "This project's own broker on the machine that made this page",
      about: """
        One broker, one partition, replication 1, JSON values of 1,000 bytes from one producer as fast as it goes: `--live` against the simulation with the profile of `trial calibrate`, which runs \
        other sizes of values and batches. All is predicted. The latency of a saturating producer is the time of a round trip as long as responses make room in its buffer faster than the \
        application takes it, and otherwise the time that a full buffer takes to empty, some hundred times as long: a setting near the border may come down on either side.
        """, rows: rows)
  }

  private static func scenario(_ name: String, machine: String, milliseconds: Int, warmup: Int) throws -> Scenario {
    let config = name.split(separator: " ").map { $0.replacingOccurrences(of: "=", with: ": ") }.joined(separator: ", ")
    return try ScenarioLibrary.scenario(
      text: """
        name: fidelity
        about: One saturating producer.
        cluster: { brokers: 1, machine: "\(machine)" }
        topics: [ { name: t, partitions: 1, replicas: 1 } ]
        workload: [ { produce: { topic: t, load: saturating, value: { size: 1000B, content: json }, config: { \(config) } } } ]
        duration: \(milliseconds)ms
        measure: { warmup: \(warmup)ms, window: 200ms }
        """, file: "fidelity.yaml")
  }

  /// Predicts the published figures. The cases of one source run one after another.
  public static func published(progress: (String) -> Void) throws -> [ComparisonTable] {
    let figures = PublishedFigures.shipped
    return try PublishedSource.all.map { source in
      var rows: [PredictedFigure] = []
      for name in figures.cases(of: source.name) {
        progress("\(source.title): \(name)")
        let metrics = try BenchRun(source.scenario(name), seed: 1).result().metrics
        for figure in figures.figures(of: source.name, name) {
          guard let predicted = figure.metric.value(in: metrics) else { continue }
          rows.append(PredictedFigure(name, figure.metric, predicted: predicted, measured: figure.value, isFitted: figure.isFitted))
        }
      }
      return ComparisonTable(title: source.title, about: source.about, rows: rows)
    }
  }
}
