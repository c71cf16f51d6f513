import Host
import Primitives
import Testing
import Workloads

@testable import Trials

@Suite struct GroupsViewTests {
  private let partition = TopicPartition("t", 0)

  private func standing(_ state: String, _ generation: Int32, _ members: Int = 2) -> Occurrence {
    .groupChanged(Occurrence.GroupStanding(group: "g", state: state, generation: generation, members: members))
  }

  private func rebalances(_ states: [(String, Int32)]) -> Int {
    var view = GroupsView()
    for (state, generation) in states { _ = view.observe(standing(state, generation, state == "Empty" ? 0 : 2), by: 1) { _ in 1 } }
    return view["g"]?.rebalances ?? 0
  }

  @Test(arguments: [
      ([("PreparingRebalance", 0), ("CompletingRebalance", 1), ("Stable", 1)], 1),
      ([("PreparingRebalance", 0), ("CompletingRebalance", 1), ("Stable", 1), ("PreparingRebalance", 1), ("CompletingRebalance", 2), ("Stable", 2)], 2),
      // Somebody came while the assignments were awaited.
      ([("PreparingRebalance", 0), ("CompletingRebalance", 1), ("PreparingRebalance", 1), ("CompletingRebalance", 2), ("Stable", 2)], 2),
      // A group of one does it in one step.
      ([("CompletingRebalance", 1), ("Stable", 1), ("CompletingRebalance", 2), ("Stable", 2)], 2),
      // Of KIP-848.
      ([("Stable", 2), ("Reconciling", 3), ("Stable", 3)], 2), ([("Stable", 2), ("Assigning", 3), ("Reconciling", 3), ("Stable", 3)], 2),
      ([("Stable", 2), ("Reconciling", 3), ("Reconciling", 4), ("Stable", 4)], 3), ([("Stable", 2), ("Stable", 3)], 2),
      // Nobody is there to share anything out.
      ([("Stable", 1), ("Empty", 2)], 1), ([("Empty", 2), ("Stable", 3)], 1),
    ] as [([(String, Int32)], Int)])
  func `A rebalance is counted once, whatever states it goes through`(states: [(String, Int32)], count: Int) { #expect(rebalances(states) == count) }

  /// What is seen while broker 1 coordinates.
  private func seen(_ occurrences: Occurrence...) -> [Sighting] {
    var view = GroupsView()
    return occurrences.compactMap { view.observe($0, by: 1) { _ in 1 } }
  }

  @Test func `The first time that a group is stable is not a sighting of a rebalance, and the second time is`() {
    #expect(seen(standing("PreparingRebalance", 0), standing("Stable", 1)) == [])
    #expect(seen(standing("Stable", 1), standing("PreparingRebalance", 1), standing("Stable", 2)) == [.rebalance])
    #expect(seen(standing("Stable", 1), standing("Stable", 1, 3)) == [], "the same generation")
  }

  @Test func `A coordinator has moved if another one reports a group that was reported before`() {
    var view = GroupsView()
    #expect(view.observe(standing("Stable", 1), by: 1) { _ in 1 } == nil)
    #expect(view.observe(standing("Stable", 1), by: 2) { _ in 2 } == .coordinatorMove)
    #expect(view.observe(standing("Stable", 1), by: 2) { _ in 2 } == nil)
    #expect(view["g"]?.coordinator == 2)
  }

  @Test func `A former leader of the group's partition is not believed, except about commits`() {
    var view = GroupsView()
    _ = view.observe(standing("Stable", 1), by: 1) { _ in 1 }
    #expect(view.observe(standing("Empty", 2, 0), by: 1) { _ in 2 } == nil)
    #expect(view["g"]?.standing.isStable == true)
    _ = view.observe(.offsetCommitted(group: "g", partition, 7), by: 1) { _ in 2 }
    #expect(view.committed("g", partition) == 7)
    #expect(view.committed("other", partition) == nil)
  }

  @Test func `A member that starts without a committed offset was not reset, and one whose offset is gone was`() {
    #expect(seen(.offsetReset(group: "g", partition, from: nil, to: 0)) == [])
    #expect(seen(.offsetReset(group: "g", partition, from: 5, to: 0)) == [.offsetReset])
    #expect(seen(.offsetCommitted(group: "g", partition, 7), .offsetReset(group: "g", partition, from: nil, to: 0)) == [.offsetReset])
  }
}
