import Foundation

/// A trace in Chrome's trace event format, as its readers take it apart, with everything in it that they could not use.
struct TraceCheck {
  struct Slice {
    let name: String
    let category: String
    let process: String
    let thread: String
    let begin: Double
    let end: Double
    let arguments: [String: Any]
  }

  struct Flow {
    let name: String
    /// The processes that it leads from and to.
    let from: String
    let to: String
  }

  private(set) var problems: [String] = []
  private(set) var slices: [Slice] = []
  private(set) var instants: [Slice] = []
  private(set) var flows: [Flow] = []
  /// By name of process, counter and series: times and values.
  private(set) var counters: [String: [(time: Double, value: Double)]] = [:]
  private(set) var about: [String: Any] = [:]
  private(set) var eventCount = 0

  private var processes: [Int: String] = [:]
  private var threads: [Int: (process: Int, name: String)] = [:]
  private var open: [Int: [[String: Any]]] = [:]
  private var started: [Int: (name: String, process: Int)] = [:]
  private var ended: Set<Int> = []

  init(_ text: String) {
    guard let file = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], let events = file["traceEvents"] as? [[String: Any]] else {
      problems = ["it is not an object with traceEvents"]
      return
    }
    about = file["otherData"] as? [String: Any] ?? [:]
    eventCount = events.count
    var last = 0.0
    for event in events {
      guard let phase = event["ph"] as? String, let process = event["pid"] as? Int, process > 0, let name = event["name"] as? String else {
        problems.append("an event without phase, process or name: \(event)")
        continue
      }
      let arguments = event["args"] as? [String: Any] ?? [:]
      if phase == "M" {
        takeMetadata(name, process, event["tid"] as? Int, arguments)
        continue
      }
      guard let time = event["ts"] as? Double, time >= last else {
        problems.append("it is before the event in front of it: \(event)")
        continue
      }
      last = time
      if processes[process] == nil { problems.append("process \(process) has no name") }
      if phase == "C" {
        for (series, value) in arguments { counters["\(processes[process] ?? "") \(name) \(series)", default: []].append((time, value as? Double ?? .nan)) }
        continue
      }
      guard let thread = event["tid"] as? Int, threads[thread]?.process == process else {
        problems.append("its thread has no name in its process: \(event)")
        continue
      }
      take(phase, event, name, thread, time, arguments)
    }
    for (thread, slices) in open where !slices.isEmpty { problems.append("slices of thread \(threads[thread]?.name ?? "") have no end: \(slices)") }
  }

  private mutating func takeMetadata(_ name: String, _ process: Int, _ thread: Int?, _ arguments: [String: Any]) {
    switch (name, thread, arguments["name"] as? String) {
    case ("process_name", nil, let text?): processes[process] = text
    case ("thread_name", let thread?, let text?):
      if threads[thread] != nil { problems.append("thread \(thread) has two names") }
      threads[thread] = (process, text)
    case ("process_sort_index", nil, nil), ("thread_sort_index", _?, nil): break
    default: problems.append("unknown metadata \(name)")
    }
  }

  private mutating func take(_ phase: String, _ event: [String: Any], _ name: String, _ thread: Int, _ time: Double, _ arguments: [String: Any]) {
    let category = event["cat"] as? String ?? ""
    if category.isEmpty { problems.append("it has no category: \(event)") }
    switch phase {
    case "B": open[thread, default: []].append(event)
    case "E":
      guard let begin = open[thread]?.popLast(), begin["name"] as? String == name, begin["cat"] as? String == category else {
        problems.append("it ends what did not begin: \(event)")
        return
      }
      let all = (begin["args"] as? [String: Any] ?? [:]).merging(arguments) { $1 }
      slices.append(slice(name, category, thread, begin["ts"] as? Double ?? 0, time, all))
    case "i":
      if event["s"] as? String != "t" { problems.append("an instant of no thread: \(event)") }
      instants.append(slice(name, category, thread, time, time, arguments))
    case "s", "f":
      let id = event["id"] as? Int ?? -1, process = threads[thread]?.process ?? 0
      if open[thread]?.isEmpty != false { problems.append("a flow outside of any slice: \(event)") }
      if phase == "s" {
        if started.updateValue((name, process), forKey: id) != nil { problems.append("flow \(id) begins twice") }
      } else {
        guard event["bp"] as? String == "e", let start = started[id], start.name == name, ended.insert(id).inserted else {
          problems.append("a flow that did not begin, or ended before: \(event)")
          return
        }
        flows.append(Flow(name: name, from: processes[start.process] ?? "", to: processes[process] ?? ""))
      }
    default: problems.append("unknown phase \(phase)")
    }
  }

  private func slice(_ name: String, _ category: String, _ thread: Int, _ begin: Double, _ end: Double, _ arguments: [String: Any]) -> Slice {
    let track = threads[thread] ?? (0, "")
    return Slice(name: name, category: category, process: processes[track.process] ?? "", thread: track.name, begin: begin, end: end, arguments: arguments)
  }
}
