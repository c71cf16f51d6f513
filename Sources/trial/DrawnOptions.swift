import ArgumentParser
import Report
import Results

/// What a sweep tells of the values that its scenarios drew.
struct DrawnOptions: ParsableArguments {
  @Flag(help: "Tell which values were drawn how often, and in how many trials that were not as expected.")
  var drawn = false

  /// What is told behind the summary; nil if nothing was asked for.
  func text(of summary: VerifySummary) -> String? { drawn ? summary.drawnText ?? "no scenario draws its settings" : nil }
}
