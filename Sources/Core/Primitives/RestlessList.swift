/// A member of a `RestlessList`: it is visited in turn, except while it rests.
public protocol TakesTurns: AnyObject {
  /// Visits go in ascending order of `turn`, which is unique to each member.
  var turn: Int { get }
}

/// The members of a large set that are not resting, so that a visit looks at only these. They are unordered until they are visited.
///
/// A member is restless while it may have work to do, and rests while it has none. The owner lets a member rest by leaving it out of the
/// list after a visit. Any event that gives the member work makes it restless again: it appends the member, also during a visit.
public struct RestlessList<Member: TakesTurns> {
  @usableFromInline var content: ContiguousArray<Member>
  /// Spare room for the members while they are visited.
  @usableFromInline var spare: ContiguousArray<Member> = []

  @inlinable
  public init(_ members: ContiguousArray<Member> = []) { content = members }

  /// The members; unordered, except after `sort`.
  @inlinable public var members: ContiguousArray<Member> { content }
  @inlinable public var count: Int { content.count }

  @inlinable
  public mutating func append(_ member: Member) { content.append(member) }

  @inlinable
  public mutating func sort() {
    if content.count > 1 { content.sort { $0.turn < $1.turn } }
  }

  /// Removes the members that may rest or have gone; the others keep their order. `mayGo` must not make any member restless.
  @inlinable
  public mutating func removeAll(where mayGo: (Member) -> Bool) {
    content.removeEach(where: mayGo)
  }

  /// Takes out all members, in the order of their turns, for a visit. Members appended before `giveBack` are not part of that visit.
  @inlinable
  public mutating func take() -> ContiguousArray<Member> {
    sort()
    var taken: ContiguousArray<Member> = []
    swap(&taken, &spare)
    swap(&taken, &content)
    return taken
  }

  /// Ends a visit and puts back the members that are still restless. The list keeps its room for the next visit.
  @inlinable
  public mutating func putBack(_ visited: inout ContiguousArray<Member>) {
    swap(&visited, &content)
    if !visited.isEmpty { content.append(contentsOf: visited) }
    giveBack(&visited)
  }

  /// Ends a visit after which all visited members rest. The list keeps its room for the next visit.
  @inlinable
  public mutating func giveBack(_ visited: inout ContiguousArray<Member>) {
    visited.empty()
    swap(&visited, &spare)
  }
}
