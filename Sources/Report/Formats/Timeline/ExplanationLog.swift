import Results

extension Explanation {
  /// The explanation as a log with vector clocks, which ShiViz opens: each line is an event, and knows of the lines that it needed and of the message that it is about.
  public var shiVizLog: String {
    var text = ""
    var writer = ShiVizWriter { text += $0 }
    var known: [ShiVizWriter.Clock] = Array(repeating: ShiVizWriter.Clock(), count: lines.count)
    for step in shiVizSteps {
      let line = lines[step.line]
      if let sender = step.sender {
        writer.list("sends what line \(step.line + 1) is about to \(line.who)", at: step.seconds, on: sender)
        known[step.line].merge(writer.clock(of: sender))
      } else {
        writer.list("\(step.line + 1): \(line.what)", at: step.seconds, on: line.who, learning: known[step.line])
        if let needed = line.neededBy, known.indices.contains(needed - 1) { known[needed - 1].merge(writer.clock(of: line.who)) }
      }
    }
    return text
  }

  /// The lines, and before those about messages that they were sent, in the order of time.
  private var shiVizSteps: [ShiVizStep] {
    var steps: [ShiVizStep] = []
    for (place, line) in lines.enumerated() {
      if let from = line.from, let sent = line.sentSeconds { steps.append(ShiVizStep(line: place, sender: from, seconds: sent)) }
      steps.append(ShiVizStep(line: place, sender: nil, seconds: line.seconds))
    }
    return steps.enumerated().sorted { ($0.element.seconds, $0.offset) < ($1.element.seconds, $1.offset) }.map(\.element)
  }
}

private struct ShiVizStep {
  let line: Int
  /// nil for the line itself.
  let sender: String?
  let seconds: Double
}
