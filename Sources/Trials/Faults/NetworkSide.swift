import Scenarios

/// The nodes on one side of a network fault.
enum NetworkSide: Equatable {
  case nodes([NodeSelector])
  /// All nodes of the world, including clients, that are on no other side.
  case others

  private static let word = "others"

  init(_ value: Value, _ reader: DeedReader) throws {
    self = value.scalar == Self.word ? .others : .nodes(try reader.nodes(value))
  }

  var selectors: [NodeSelector] {
    switch self {
    case .nodes(let selectors): selectors
    case .others: []
    }
  }

  var written: Value {
    switch self {
    case .nodes(let selectors): .nodes(selectors)
    case .others: .word(Self.word)
    }
  }

  /// A group of one is written as a list, too, if there are other groups.
  var writtenAsGroup: Value {
    switch self {
    case .nodes(let selectors): .list(selectors.map(Value.node))
    case .others: .word(Self.word)
    }
  }

  func mapNodes(_ other: (NodeSelector) -> NodeSelector) -> Self {
    switch self {
    case .nodes(let selectors): .nodes(selectors.map(other))
    case .others: .others
    }
  }
}
