import Primitives

/// Values by name, sorted by name however they were inserted: two tables with the same entries are equal and iterate alike.
public struct SortedTable<Value> {
  public private(set) var keys: [String] = []
  /// Only for lookups.
  private var table: [String: Value] = [:]

  public init() {}

  public var count: Int { keys.count }
  public var isEmpty: Bool { keys.isEmpty }

  /// Setting nil removes an entry.
  public subscript(key: String) -> Value? {
    get { table[key] }
    set {
      if let newValue {
        if table.updateValue(newValue, forKey: key) == nil { keys.insert(key, at: place(of: key)) }
      } else if table.removeValue(forKey: key) != nil {
        keys.remove(at: place(of: key))
      }
    }
  }

  public var values: some RandomAccessCollection<Value> { keys.lazy.map { table[$0]! } }
  public var entries: some Sequence<(key: String, value: Value)> { keys.lazy.map { (key: $0, value: table[$0]!) } }

  private func place(of key: String) -> Int { keys.partitioningIndex { $0 >= key } }
}

extension SortedTable: Sendable where Value: Sendable {}
extension SortedTable: Equatable where Value: Equatable {
  public static func == (left: SortedTable, right: SortedTable) -> Bool {
    left.keys == right.keys && left.keys.allSatisfy { left.table[$0] == right.table[$0] }
  }
}
