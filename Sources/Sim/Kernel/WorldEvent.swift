import Host
import Primitives

/// What waits in the agenda. It takes at most 32 bytes and needs no allocation of its own: a frame is one reference.
///
/// Events name nodes together with the life they are meant for, and ends of connections by an id that is never reused; an event that comes too late
/// is dropped on delivery.
enum WorldEvent {
  /// A frame reaches the end of a connection.
  case arrival(Frame, to: ConnectionID)
  /// Something other than a frame reaches the end of a connection, in order with the frames.
  case signal(Signal, to: ConnectionID)
  /// A stalled stream may continue.
  case unstall(ConnectionID)
  case connectTimeout(ConnectionID)
  case timer(node: Int32, life: UInt32, slot: UInt32, generation: UInt32)
  /// A processor or a thread is free again.
  case wake(processor: Int32)
  case start(node: Int32, life: UInt32)
  /// A step of a disk operation has ended.
  case disk(node: Int32, life: UInt32, DiskOperation)
  /// A closure of the world's user.
  case call(UInt32)
}

/// What a node handles once its processor is free.
enum NodeEvent {
  case event(Event)
  /// Looked up only when it is handled: the node may cancel it until then.
  case timer(slot: UInt32, generation: UInt32)
  case shutdown
  /// The first event of a life.
  case start
}

/// TCP segments that carry no data.
enum Signal: UInt8 {
  case synchronize, accept, refuse, end
  /// The peer has read enough to make room again in the send buffer of the receiving end.
  case room
}
