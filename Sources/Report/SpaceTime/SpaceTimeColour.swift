/// The colours of a diagram, which a page has in a light and in a dark form.
enum SpaceTimeColour: String, CaseIterable {
  case paper, ink, quiet, line, message, bad, election

  var ofFile: String {
    switch self {
    case .paper: ChartStyle.paper
    case .ink: ChartStyle.ink
    case .quiet: ChartStyle.quietInk
    case .line: "#b9bec4"
    case .message: ChartStyle.blue
    case .bad: "#b03a00"
    case .election: "#006b4f"
    }
  }

  var ofPage: String {
    switch self {
    case .paper: "var(--paper)"
    case .ink: "var(--ink)"
    case .quiet: "var(--quiet-ink)"
    case .line: "var(--line)"
    case .message: "var(--blue)"
    case .bad: "var(--bad)"
    case .election: "var(--good)"
    }
  }

  var mark: String { "{\(rawValue)}" }
}
