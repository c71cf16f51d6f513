/// A reference to an object that outlives every use of it, and is therefore never counted: the one door to objects without their counts.
///
/// Swift counts a reference that is read from a property around each use of it, an `unowned(unsafe)` one as well: two calls of the runtime, which cost more
/// than most of what is done in between. Behind this door they are left out.
///
/// Sound where the owner of the object says that it lives as long as whoever uses it here: a world and its machines, for the hosts and disks of their nodes.
/// Whoever may be let go within `body`, such as a node that is killed by its own handler, must not be reached through it.
public struct Uncounted<Object: AnyObject> {
  @usableFromInline let reference: Unmanaged<Object>

  @inlinable
  @inline(__always)
  public init(_ object: Object) { reference = .passUnretained(object) }

  /// The object as an ordinary reference, which is counted.
  @inlinable public var object: Object { reference.takeUnretainedValue() }

  /// Runs `body` with the object, which nobody counts meanwhile.
  @inlinable
  @inline(__always)
  public func with<Result, Failure: Error>(_ body: (Object) throws(Failure) -> Result) throws(Failure) -> Result {
    do {
      return try reference._withUnsafeGuaranteedRef(body)
    } catch {
      throw error as! Failure
    }
  }
}
