import Primitives

/// A web server's access log in the combined format.
enum AccessLog {
  static func writeLine(of visitor: Visitor, _ random: inout RandomStream, to writer: inout ByteWriter) {
    let second = random.below(60), minute = random.below(3)
    writer.append(
      utf8: """
        \(visitor.address) - \(visitor.user) [14/Mar/2026:09:\(Vocabulary.digits(minute, 2)):\(Vocabulary.digits(second, 2)) +0000] \
        "\(random.pick(Vocabulary.methods)) \(Vocabulary.path(&random)) HTTP/1.1" \(random.pick(Vocabulary.statuses)) \(random.below(20_000)) \
        "https://shop.example.com/\(random.pick(Vocabulary.resources))" "\(visitor.agent)" \
        rt=0.\(Vocabulary.digits(random.below(1_000), 3)) session=\(visitor.session) id=\(Vocabulary.hexadecimal(16, &random))\n
        """)
  }
}
