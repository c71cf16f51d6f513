public enum MessageKind: UInt8, Sendable, Equatable { case request, response }
