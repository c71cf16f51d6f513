import Primitives

/// A directed graph whose nodes are numbered from 0, built once: edges are stored by the node that they leave.
struct Digraph {
  struct Edge {
    var from: Int32
    var to: Int32
    /// The value that the edge is about; none if it only says that time passed.
    var value: RecordValue
  }

  let nodeCount: Int
  /// By node, plus one more: where its edges begin.
  private let starts: ContiguousArray<Int32>
  private let targets: ContiguousArray<Int32>
  private let values: ContiguousArray<RecordValue>

  init(nodeCount: Int, _ edges: ContiguousArray<Edge>) {
    self.nodeCount = nodeCount
    var starts = ContiguousArray<Int32>(repeating: 0, count: nodeCount + 1)
    for edge in edges { starts[Int(edge.from) + 1] += 1 }
    for node in 0..<nodeCount { starts[node + 1] += starts[node] }
    var next = starts
    var targets = ContiguousArray<Int32>(repeating: 0, count: edges.count)
    var values = ContiguousArray(repeating: RecordValue.none, count: edges.count)
    for edge in edges {
      let place = Int(next[Int(edge.from)])
      next[Int(edge.from)] += 1
      targets[place] = edge.to
      values[place] = edge.value
    }
    self.starts = starts
    self.targets = targets
    self.values = values
  }

  private func edges(from node: Int32) -> Range<Int> { Int(starts[Int(node)])..<Int(starts[Int(node) + 1]) }

  /// The strongly connected components of two nodes or more, in the order in which they are found; the nodes of each in ascending order.
  ///
  /// Tarjan's algorithm with an explicit stack: time and memory are linear in nodes and edges.
  func components() -> [[Int32]] {
    var found: [[Int32]] = []
    var order = ContiguousArray<Int32>(repeating: -1, count: nodeCount)
    var low = ContiguousArray<Int32>(repeating: 0, count: nodeCount)
    var isOpen = ContiguousArray(repeating: false, count: nodeCount)
    var open: ContiguousArray<Int32> = []
    var path: ContiguousArray<(node: Int32, edge: Int32)> = []
    var next: Int32 = 0
    for root in 0..<Int32(nodeCount) where order[Int(root)] < 0 {
      path.append((root, starts[Int(root)]))
      while let (node, edge) = path.last {
        if order[Int(node)] < 0 {
          order[Int(node)] = next
          low[Int(node)] = next
          next += 1
          open.append(node)
          isOpen[Int(node)] = true
        }
        if edge < starts[Int(node) + 1] {
          path[path.count - 1].edge += 1
          let target = targets[Int(edge)]
          if order[Int(target)] < 0 {
            path.append((target, starts[Int(target)]))
          } else if isOpen[Int(target)] {
            low[Int(node)] = min(low[Int(node)], order[Int(target)])
          }
          continue
        }
        path.removeLast()
        if let parent = path.last?.node { low[Int(parent)] = min(low[Int(parent)], low[Int(node)]) }
        guard low[Int(node)] == order[Int(node)] else { continue }
        var members: [Int32] = []
        repeat {
          let member = open.removeLast()
          isOpen[Int(member)] = false
          members.append(member)
        } while members.last != node
        if members.count > 1 { found.append(members.sorted()) }
      }
    }
    return found
  }

  /// A shortest path from the first node of a component back to it, edge by edge.
  func cycle(in component: [Int32]) -> [Edge] {
    guard let origin = component.first else { return [] }
    let members = Set(component)
    var reached: [Int32: Edge] = [:]
    var queue = [origin], next = 0
    while next < queue.count {
      let node = queue[next]
      next += 1
      for edge in edges(from: node) where members.contains(targets[edge]) && reached[targets[edge]] == nil {
        reached[targets[edge]] = Edge(from: node, to: targets[edge], value: values[edge])
        if targets[edge] == origin { return way(to: origin, reached) }
        queue.append(targets[edge])
      }
    }
    return []
  }

  private func way(to origin: Int32, _ reached: [Int32: Edge]) -> [Edge] {
    var way: [Edge] = []
    var node = origin
    repeat {
      guard let edge = reached[node] else { return [] }
      way.append(edge)
      node = edge.from
    } while node != origin
    return way.reversed()
  }
}
