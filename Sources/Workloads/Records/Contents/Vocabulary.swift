import Primitives

/// The content of real records: a few names that recur, and numbers that do not.
enum Vocabulary {
  static let services = [
    "checkout", "catalog", "payment-gateway", "inventory", "recommendation", "session-store", "shipping", "notification", "search-frontend",
    "pricing", "fraud-detection", "customer-profile",
  ]
  static let levels = ["INFO", "INFO", "INFO", "INFO", "INFO", "DEBUG", "DEBUG", "WARN", "ERROR"]
  static let methods = ["GET", "GET", "GET", "GET", "POST", "POST", "PUT", "DELETE"]
  static let resources = [
    "orders", "carts", "products", "users", "payments", "reviews", "invoices", "shipments", "categories", "sessions", "coupons", "addresses",
    "images", "suggestions", "wishlists", "returns",
  ]
  static let statuses = ["200", "200", "200", "200", "200", "200", "201", "204", "301", "304", "400", "404", "500", "503"]
  static let countries = ["DE", "US", "FR", "GB", "BR", "IN", "JP", "NL", "PL", "ES", "IT", "CA", "AU", "SE", "CH", "MX"]
  static let agents = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.6367.82 Mobile Safari/537.36",
    "okhttp/4.12.0", "curl/8.5.0", "python-requests/2.31.0", "Googlebot/2.1 (+http://www.google.com/bot.html)",
  ]
  static let words = [
    "request", "completed", "after", "retry", "connection", "to", "upstream", "timed", "out", "cache", "miss", "for", "key", "user", "has", "no",
    "active", "session", "payment", "authorized", "by", "provider", "order", "was", "shipped", "from", "warehouse", "inventory", "updated",
    "with", "version", "queue", "depth", "above", "threshold", "scheduling", "rebalance", "of", "partition", "leader", "changed", "while",
    "reading", "response", "body", "invalid", "token", "refresh", "required", "customer", "address", "validated", "against", "postal", "register",
    "discount", "applied", "at", "the", "next", "attempt", "in", "background", "because", "stock", "level", "is", "low", "and", "supplier", "did",
    "not", "answer", "within", "limit", "thread", "pool", "saturated", "falling", "back", "default", "configuration", "feature", "flag",
    "enabled", "experiment", "group", "assigned",
  ]

  private static let hexadecimalDigits = Array("0123456789abcdef".utf8)

  static func hexadecimal(_ digits: Int, _ random: inout RandomStream) -> String {
    var text = ""
    var bits: UInt64 = 0
    for index in 0..<digits {
      if index % 16 == 0 { bits = random.next() }
      text.unicodeScalars.append(UnicodeScalar(hexadecimalDigits[Int(bits & 15)]))
      bits >>= 4
    }
    return text
  }

  static func uuid(_ random: inout RandomStream) -> String {
    [8, 4, 4, 4, 12].map { hexadecimal($0, &random) }.joined(separator: "-")
  }

  /// Draws small numbers more often than large ones, as with popular things.
  static func popular(_ count: Int64, _ random: inout RandomStream) -> Int64 { random.below(random.below(random.below(count) + 1) + 1) }

  static func digits(_ number: Int64, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
  }

  static func address(_ random: inout RandomStream) -> String { "10.\(random.below(4)).\(random.below(256)).\(random.below(256))" }

  static func path(_ random: inout RandomStream) -> String {
    let resource = random.pick(resources)
    switch random.below(4) {
    case 0: return "/api/v2/\(resource)?page=\(random.below(20))&limit=50"
    case 1: return "/api/v2/\(resource)"
    case 2: return "/api/v2/users/\(popular(2_000_000, &random))/\(resource)"
    default: return "/api/v2/\(resource)/\(popular(2_000_000, &random))"
    }
  }
}
