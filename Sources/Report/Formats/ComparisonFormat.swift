import Compare
import Results

/// The formats of comparisons for other tools.
public enum ComparisonFormat: String, Sendable, CaseIterable {
  /// For `$GITHUB_STEP_SUMMARY` and comments.
  case markdown
  /// One test case for each gate and row; GitLab, Jenkins and others show them.
  case junit
  /// Annotations of GitHub Actions: lines that the runner finds in the output.
  case github
  /// Two arrays for benchmark-action/github-action-benchmark: customBiggerIsBetter and customSmallerIsBetter.
  case githubActionBenchmark = "github-action-benchmark"
  /// Bencher Metric Format, for `bencher run --adapter json`.
  case bencher
  /// The format of JMH, for jmh.morethan.io and others.
  case jmh

  /// The number of files in the format.
  public var fileCount: Int { self == .githubActionBenchmark ? 2 : 1 }

  /// The files of a format, with their names in a folder. The formats for trackers of history contain the candidate's figures.
  public func files(of comparison: Comparison) -> [(name: String, text: String)] {
    switch self {
    case .markdown: [("compare.md", comparison.markdown)]
    case .junit: [("compare.junit.xml", comparison.junit)]
    case .github: [("compare.github.txt", comparison.gitHubAnnotations)]
    case .githubActionBenchmark:
      [
        ("compare.bigger-is-better.json", comparison.gitHubActionBenchmark(.higher).text),
        ("compare.smaller-is-better.json", comparison.gitHubActionBenchmark(.lower).text),
      ]
    case .bencher: [("compare.bencher.json", comparison.bencher.text)]
    case .jmh: [("compare.jmh.json", comparison.jmh.text)]
    }
  }
}

extension Comparison {
  /// The title of a file: its scenario, or its path if there are several.
  func title(of file: ComparedFile) -> String {
    guard files.count > 1 else { return file.scenario }
    for ending in ["/bench.json", "/result.json", ".json"] where file.name.hasSuffix(ending) { return String(file.name.dropLast(ending.count)) }
    return file.name
  }

  /// The candidate's rows with unique names.
  var benchmarks: [(name: String, title: String, row: ResultRow)] {
    var benchmarks: [(name: String, title: String, row: ResultRow)] = []
    for file in files {
      let title = title(of: file)
      for row in file.rows.compactMap(\.candidate) {
        let name = row.name == title || row.settings.isEmpty && row.variant == nil ? title : "\(title) \(row.name)"
        let namesakes = benchmarks.count { $0.name == name || $0.name.hasPrefix("\(name) #") }
        benchmarks.append((namesakes == 0 ? name : "\(name) #\(namesakes + 1)", title, row))
      }
    }
    return benchmarks
  }
}
