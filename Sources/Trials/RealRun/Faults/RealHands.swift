import Primitives

/// Who carries out what a schedule asks for, outside of the simulation.
///
/// Client processes are the run's own in every case, and the operator's requests go through its own admin client.
public enum RealHands: Sendable {
  /// Nobody: a scenario with faults is refused.
  case none
  /// Nobody touches brokers: what asks for that is not done, and counts as never hit.
  case clientsAlone
  /// Commands of the user's own.
  case commands(CommandTable)
  /// The run itself, on brokers that are processes of its own.
  case ownProcesses

  /// What processes can have done to them by whoever started them.
  static let ofProcesses = ["kill", "restart", "pause", "resume", "shutdown"]

  /// Whether a word can be carried out at brokers and controllers.
  func offer(_ word: String) -> Bool {
    switch self {
    case .none, .clientsAlone: false
    case .commands(let table): table.command(for: word) != nil
    case .ownProcesses: Self.ofProcesses.contains(word)
    }
  }

  /// Whether something takes back what a word did and lasts.
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
