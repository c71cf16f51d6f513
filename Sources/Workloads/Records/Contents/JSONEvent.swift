import Primitives

/// An event of a web shop as a JSON object of an exact size: the usual fields as far as they have room, then a message in words.
enum JSONEvent {
  static func write(number: Int, size: Int, _ random: inout RandomStream, to writer: inout ByteWriter) {
    let end = writer.count + size
    writer.append(utf8: "{")
    var isFirst = true
    for field in fields(number, &random) {
      // The brace needs room, and a message that is begun needs its quotes.
      guard writer.count + field.utf8.count + 2 <= end else { break }
      if !isFirst { writer.append(utf8: ",") }
      writer.append(utf8: field)
      isFirst = false
    }
    while !isFirst, end - writer.count > 600 { writer.append(utf8: "," + (random.chance(1, in: 2) ? item(&random) : call(&random))) }
    writeMessage(upTo: end, isFirst, &random, to: &writer)
  }

  private static func fields(_ number: Int, _ random: inout RandomStream) -> [String] {
    let seconds = Int64(number) % 3_600
    return [
      #""ts":"2026-03-14T09:\#(Vocabulary.digits(seconds / 60, 2)):\#(Vocabulary.digits(seconds % 60, 2)).\#(Vocabulary.digits(random.below(1_000), 3))Z""#,
      #""level":"\#(random.pick(Vocabulary.levels))""#,
      #""service":"\#(random.pick(Vocabulary.services))""#,
      #""user":\#(Vocabulary.popular(2_000_000, &random))"#,
      #""trace_id":"\#(Vocabulary.hexadecimal(16, &random))""#,
      #""method":"\#(random.pick(Vocabulary.methods))","path":"\#(Vocabulary.path(&random))","status":\#(random.pick(Vocabulary.statuses))"#,
      #""duration_ms":\#(random.below(400)).\#(random.below(100)),"bytes_sent":\#(random.below(20_000))"#,
      #""host":"ip-\#(Vocabulary.address(&random)).eu-west-1.compute.internal","country":"\#(random.pick(Vocabulary.countries))""#,
      #""event_id":"\#(Vocabulary.uuid(&random))""#,
      #""user_agent":"\#(random.pick(Vocabulary.agents))""#,
    ]
  }

  private static func item(_ random: inout RandomStream) -> String {
    #""item_\#(random.below(8))":{"sku":"\#(random.pick(["AB", "CX", "KT", "ZR"]))-\#(Vocabulary.digits(random.below(100_000), 5))","quantity":\#(random.below(5) + 1),"price":\#(random.below(200)).\#(Vocabulary.digits(random.below(100), 2)),"currency":"EUR","in_stock":\#(random.chance(9, in: 10))}"#
  }

  private static func call(_ random: inout RandomStream) -> String {
    #""call_\#(random.below(8))":{"service":"\#(random.pick(Vocabulary.services))","path":"\#(Vocabulary.path(&random))","status":\#(random.pick(Vocabulary.statuses)),"span_id":"\#(Vocabulary.hexadecimal(16, &random))","duration_ms":\#(random.below(100)).\#(random.below(100))}"#
  }

  private static func writeMessage(upTo end: Int, _ isFirst: Bool, _ random: inout RandomStream, to writer: inout ByteWriter) {
    let opening = (isFirst ? "" : ",") + #""message":""#
    if end - writer.count >= opening.utf8.count + 2 {
      writer.append(utf8: opening)
      var separator = ""
      while true {
        let word = separator + random.pick(Vocabulary.words)
        guard writer.count + word.utf8.count + 2 <= end else { break }
        writer.append(utf8: word)
        separator = " "
      }
      while writer.count < end - 2 { writer.append(utf8: ".") }
      writer.append(utf8: "\"")
    }
    while writer.count < end - 1 { writer.append(utf8: " ") }
    writer.append(utf8: "}")
  }
}
