import Primitives

/// How the faults of a schedule are carried out outside of the simulation.
///
/// Client processes always belong to the run, and the operator's requests go through its own admin client.
public enum RealHands: Sendable {
  /// Not at all: a scenario with faults is refused.
  case none
  /// Only on client processes: faults of brokers are not carried out, and count as never hit.
  case clientsAlone
  /// By commands of the user.
  case commands(CommandTable)
  /// By the run itself, on brokers that are its own processes.
  case ownProcesses

  /// What a parent can do to its child processes.
  static let ofProcesses = ["kill", "restart", "pause", "resume", "shutdown"]

  /// Whether a word can be carried out at brokers and controllers.
  func offer(_ word: String) -> Bool {
    switch self {
    case .none, .clientsAlone: false
    case .commands(let table): table.command(for: word) != nil
    case .ownProcesses: Self.ofProcesses.contains(word)
    }
  }

  /// Whether the lasting effect of a word can be undone.
  func offer(_ remedy: RealStrike.Remedy, for word: String) -> Bool {
    switch remedy {
    case .restart: offer("restart")
    case .resume: offer("resume")
    case .back:
      switch self {
      case .commands(let table): table.command(for: word)?.back != nil || !table.heal.isEmpty
      case .none, .clientsAlone, .ownProcesses: false
      }
    }
  }
}
