import Primitives

/// An event of a web shop as a JSON object of an exact size: as many of the usual fields as fit, then a message in words.
enum JSONEvent {
  static func write(number: Int, of visitor: Visitor, size: Int, _ random: inout RandomStream, to writer: inout ByteWriter) {
    let end = writer.count + size
    writer.append(utf8: "{")
    var isFirst = true
    for field in fields(number, visitor, &random) {
      // The closing brace needs room, and so do the quotes of the message.
      guard writer.count + field.utf8.count + 2 <= end else { break }
      if !isFirst { writer.append(utf8: ",") }
      writer.append(utf8: field)
      isFirst = false
    }
    var detail = 0
    while !isFirst, end - writer.count > 600 {
      writer.append(utf8: "," + (random.chance(1, in: 2) ? item(detail, &random) : call(detail, &random)))
      detail += 1
    }
    writeMessage(upTo: end, isFirst, &random, to: &writer)
  }

  private static func fields(_ number: Int, _ visitor: Visitor, _ random: inout RandomStream) -> [String] {
    let seconds = Int64(number) % 3_600
    let clock = "09:\(Vocabulary.digits(seconds / 60, 2)):\(Vocabulary.digits(seconds % 60, 2)).\(Vocabulary.digits(random.below(1_000), 3))"
    return [
      #""ts":"2026-03-14T\#(clock)Z""#,
      #""level":"\#(random.pick(Vocabulary.levels))""#,
      #""service":"\#(random.pick(Vocabulary.services))""#,
      #""user":\#(visitor.user),"session":"\#(visitor.session)""#,
      #""trace_id":"\#(Vocabulary.hexadecimal(16, &random))""#,
      #""method":"\#(random.pick(Vocabulary.methods))","path":"\#(Vocabulary.path(&random))","status":\#(random.pick(Vocabulary.statuses))"#,
      #""duration_ms":\#(random.below(400)).\#(random.below(100)),"bytes_sent":\#(random.below(20_000))"#,
      #""host":"ip-10-0-\#(random.below(3))-\#(random.below(24)).eu-west-1.compute.internal","country":"\#(visitor.country)""#,
      #""device":"\#(visitor.device)""#,
      #""user_agent":"\#(visitor.agent)","client_ip":"\#(visitor.address)""#,
    ]
  }

  private static func item(_ number: Int, _ random: inout RandomStream) -> String {
    let article = random.pick(["AB", "CX", "KT", "ZR"]) + "-" + Vocabulary.digits(random.below(100_000), 5)
    let price = "\(random.below(200)).\(Vocabulary.digits(random.below(100), 2))"
    let quantity = random.below(5) + 1, isInStock = random.chance(9, in: 10)
    return #""item_\#(number)":{"sku":"\#(article)","quantity":\#(quantity),"price":\#(price),"currency":"EUR","in_stock":\#(isInStock)}"#
  }

  private static func call(_ number: Int, _ random: inout RandomStream) -> String {
    let target = #""service":"\#(random.pick(Vocabulary.services))","path":"\#(Vocabulary.path(&random))""#
    let span = Vocabulary.hexadecimal(16, &random)
    let outcome = #""status":\#(random.pick(Vocabulary.statuses)),"span_id":"\#(span)","duration_ms":\#(random.below(100))"#
    return #""call_\#(number)":{\#(target),\#(outcome)}"#
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
