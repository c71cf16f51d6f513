import Measurement

/// `1 partition`, `1 200 partitions`.
///
/// - Parameter many: the plural, where it is not the noun with an s.
func counted(_ count: Int, _ noun: String, _ many: String? = nil) -> String { "\(grouped(count)) \(count == 1 ? noun : many ?? noun + "s")" }
