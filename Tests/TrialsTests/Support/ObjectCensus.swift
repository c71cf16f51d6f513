/// Remembers the objects that can be reached from some, by the names of their classes, without keeping them.
///
/// What a closure or a reference that does not count holds is not seen.
struct ObjectCensus {
  private struct Entry {
    weak var object: AnyObject?
    let kind: String
  }

  private var entries: [ObjectIdentifier: Entry] = [:]
  /// The classes of all that was ever met.
  private(set) var kinds: Set<String> = []

  /// Goes on from some objects through all that they hold.
  mutating func add(_ roots: [AnyObject]) {
    var open: [Any] = roots, met: Set<ObjectIdentifier> = []
    while let value = open.popLast() {
      let mirror = Mirror(reflecting: value)
      if mirror.displayStyle == .class {
        let object = value as AnyObject
        guard met.insert(ObjectIdentifier(object)).inserted else { continue }
        enter(object)
      }
      var level: Mirror? = mirror
      while let current = level {
        // Of what holds no objects one element says as much as all.
        let isList = current.displayStyle == .collection || current.displayStyle == .set
        if isList, let first = current.children.first?.value, isPlain(first) { break }
        for child in current.children where !isPlain(child.value) { open.append(child.value) }
        level = current.superclassMirror
      }
    }
  }

  /// Those that are still there: how many of each class.
  var left: [String: Int] {
    Dictionary(entries.values.filter { $0.object != nil }.map { ($0.kind, 1) }, uniquingKeysWith: +)
  }

  private mutating func enter(_ object: AnyObject) {
    // An address may be that of another object by now.
    guard entries[ObjectIdentifier(object)]?.object == nil else { return }
    let kind = String(describing: type(of: object))
    entries[ObjectIdentifier(object)] = Entry(object: object, kind: kind)
    kinds.insert(kind)
  }

  private func isPlain(_ value: Any) -> Bool { value is any BinaryInteger || value is String || value is Bool || value is Double }
}
