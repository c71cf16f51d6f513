/// The verdicts on cycles of dependencies.
struct CycleVerdicts {
  /// What was read alone.
  var reads: Verdict
  /// With the order of each process.
  var process: Verdict
  /// With the order of time.
  var realtime: Verdict
}

/// `G1c`: two transactions or more were each given what the next one wrote, in a circle. `G1c-process`, `G1c-realtime`: the same where one had ended before the next one of its process,
/// or of any, began.
///
/// Edges from a write to the next one of its partition, which Jepsen knows as ww, are left out: transactions write to several partitions at the same time, and those go round in
/// circles in Kafka as it is meant to be (G0, and G1c with ww edges). Reads before writes (rw) are left out as well: nobody's poll says that there was nothing more to be read.
///
/// The order of time holds all others, so that mostly one graph is looked at. Each is linear in the history.
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

/// `G0`: how many sets of transactions wrote to several partitions in circles. Kafka permits it: it is counted, and violates nothing.
func countWriteCycles(_ dependencies: Dependencies) -> Int { dependencies.graphOfWrites().components().count }

private func findings(_ dependencies: Dependencies, _ time: Dependencies.Time) -> Findings {
  var findings = Findings()
  findings.examined = dependencies.readCount
  let graph = dependencies.graph(time)
  for component in graph.components() { findings.add(dependencies.words(graph.cycle(in: component))) }
  return findings
}
