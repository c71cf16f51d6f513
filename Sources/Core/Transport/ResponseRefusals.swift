import Primitives
import Wire

/// What a response refuses of its request, as text for an operator.
struct ResponseRefusals {
  private(set) var words: [String] = []
  private let usual: ErrorCode

  /// How many refusals are written out.
  private static let most = 3
  /// Fields that identify what an error is about.
  private static let subjects = ["name", "topicName", "topic", "resourceName", "groupId", "key", "transactionalId"]

  /// - Parameter usual: An error that is normal here and not counted.
  init<Response: ApiMessage>(_ response: Response, version: Int16, usual: ErrorCode = .none) {
    self.usual = usual
    guard Self.mayRefuse(response), let tree = try? FieldTree(response, version: version) else { return }
    collect(tree, about: nil)
  }

  /// Whether a response may contain refusals. Responses on busy paths get only a cheap check, and responses to fetches none: errors are part of
  /// how consumers find their way.
  private static func mayRefuse(_ response: some ApiMessage) -> Bool {
    if let produce = response as? ProduceResponse { return produce.responses.contains { $0.partitionResponses.contains { $0.errorCode != .none } } }
    return !(response is FetchResponse)
  }

  private mutating func collect(_ tree: FieldTree, about outer: String?) {
    switch tree {
    case .list(let elements): for element in elements { collect(element, about: outer) }
    case .structure(let fields):
      func text(_ names: [String]) -> String? {
        for field in fields where names.contains(field.name) { if case .scalar(let text) = field.value, !text.isEmpty { return text } }
        return nil
      }
      let subject = text(Self.subjects) ?? outer
      if let code = text(["errorCode"]).flatMap({ Int16($0) }).map(ErrorCode.init(rawValue:)), code != usual, code.isRefusal { add(code, subject, text(["errorMessage"])) }
      for field in fields { collect(field.value, about: subject) }
    case .scalar, .absent, .records: break
    }
  }

  private mutating func add(_ code: ErrorCode, _ subject: String?, _ message: String?) {
    let text = (subject.map { "'\($0.prefix(80))': " } ?? "") + code.name + (message.map { " (\($0.prefix(200)))" } ?? "")
    if words.count < Self.most, !words.contains(text) { words.append(text) }
  }
}

extension ErrorCode {
  /// Whether the error means that something cannot be had. Other errors tell a client to try again, elsewhere or later.
  fileprivate var isRefusal: Bool { self != .none && !Self.ordinary.contains(self) }

  private static let ordinary: [ErrorCode] = [
    .offsetOutOfRange, .leaderNotAvailable, .notLeaderOrFollower, .brokerNotAvailable, .replicaNotAvailable, .networkException,
    .coordinatorLoadInProgress, .coordinatorNotAvailable, .notCoordinator, .illegalGeneration, .unknownMemberId, .rebalanceInProgress, .notController,
    .concurrentTransactions, .fencedLeaderEpoch, .unknownLeaderEpoch, .memberIdRequired, .electionNotNeeded, .noReassignmentInProgress,
    .unstableOffsetCommit, .fencedMemberEpoch, .staleMemberEpoch, .duplicateSequenceNumber,
  ]
}
