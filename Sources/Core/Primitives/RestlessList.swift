/// One of many that are visited in turns, unless they rest.
public protocol TakesTurns: AnyObject {
  /// Visits go in ascending order. Each has a turn of its own.
  var turn: Int { get }
}

/// Those of many that do not rest: who visits looks at them alone. They stand in no order until they are visited.
///
/// Its owner lets one rest by leaving it out when it was visited, and whatever stirs one appends it, also while others are visited.
public struct RestlessList<Member: TakesTurns> {
  @usableFromInline var content: ContiguousArray<Member>
  /// Room for the members while they are visited.
  @usableFromInline var spare: ContiguousArray<Member> = []

  @inlinable
  public init(_ members: ContiguousArray<Member> = []) { content = members }

  /// In no order, apart from what `sort` did.
  @inlinable public var members: ContiguousArray<Member> { content }
  @inlinable public var count: Int { content.count }

  @inlinable
  public mutating func append(_ member: Member) { content.append(member) }

  @inlinable
  public mutating func sort() {
    if content.count > 1 { content.sort { $0.turn < $1.turn } }
  }

  /// Those that may rest, or went, are taken out; the others stay in their order. `mayGo` stirs nobody.
  @inlinable
  public mutating func removeAll(where mayGo: (Member) -> Bool) {
    content.removeEach(where: mayGo)
  }

  /// Takes all out, in the order of their turns, for a visit. Whoever is appended until `giveBack` is not part of it.
  @inlinable
  public mutating func take() -> ContiguousArray<Member> {
    sort()
    var taken: ContiguousArray<Member> = []
    swap(&taken, &spare)
    swap(&taken, &content)
    return taken
  }

  /// Ends a visit after which some members go on being visited. The list keeps the room for the next one.
  @inlinable
  public mutating func putBack(_ visited: inout ContiguousArray<Member>) {
    swap(&visited, &content)
    if !visited.isEmpty { content.append(contentsOf: visited) }
    giveBack(&visited)
  }

  /// Ends a visit. The list keeps the room for the next one.
  @inlinable
  public mutating func giveBack(_ visited: inout ContiguousArray<Member>) {
    visited.empty()
    swap(&visited, &spare)
  }
}
