/// The verdicts on cycles of dependencies.
struct CycleVerdicts {
  /// Cycles of reads alone.
  var reads: Verdict
  /// Cycles of reads and the order of each process.
  var process: Verdict
  /// Cycles of reads and the order in real time.
  var realtime: Verdict
}

/// `G1c`: two or more transactions each received what the next one wrote, in a cycle. `G1c-process`, `G1c-realtime`: the same, if "ended before the next one
/// of its process (or of any process) began" also counts as an edge.
///
/// Edges from a write to the next write of its partition, which Jepsen calls ww, are left out: transactions write to several partitions at the same time, and cycles of these are
/// normal in Kafka (G0, and G1c with ww edges). Edges from reads to later writes (rw) are left out as well: no poll says that there was nothing more to read.
///
/// The real-time order includes all others, so usually only one graph is searched. Each graph is linear in the history.
func checkCycles(_ dependencies: Dependencies) -> CycleVerdicts {
  let all = findings(dependencies, .all)
  guard all.count > 0 else {
    return CycleVerdicts(
      reads: all.verdict(on: .readCycle), process: all.verdict(on: .readCycleProcess), realtime: all.verdict(on: .readCycleRealtime))
  }
  return CycleVerdicts(
    reads: findings(dependencies, .none).verdict(on: .readCycle), process: findings(dependencies, .process).verdict(on: .readCycleProcess),
    realtime: all.verdict(on: .readCycleRealtime))
}

/// `G0`: the number of sets of transactions that wrote to several partitions in cycles. Kafka permits it: it is counted, and violates nothing.
func countWriteCycles(_ dependencies: Dependencies) -> Int { dependencies.graphOfWrites().components().count }

private func findings(_ dependencies: Dependencies, _ time: Dependencies.Time) -> Findings {
  var findings = Findings()
  findings.examined = dependencies.readCount
  let graph = dependencies.graph(time)
  for component in graph.components() { findings.add(dependencies.words(graph.cycle(in: component))) }
  return findings
}
