/// How a fetch relates to a session, and what it reads.
enum FetchSessionContext {
  case none(ContiguousArray<FetchTarget>)
  /// A full request that asks for a session.
  case opening(ContiguousArray<FetchTarget>)
  case incremental(FetchSession)

  /// Whether there is nothing to read.
  var isEmpty: Bool {
    switch self {
    case .none(let targets), .opening(let targets): targets.isEmpty
    case .incremental(let session): session.targets.isEmpty
    }
  }
}
