import Foundation
import ResultSamples
import Results
import Testing

@testable import Report

@Suite struct SpaceTimeTests {
  private static func page(_ path: String) throws -> String { try PageTests.text(path, of: PageTests.page([.trial(SampleTrial.explained)])) }

  @Test func `Each line has its number, its instant, its node, and the line that needed it`() {
    let text = SampleTrial.explanation.text
    for line in [
      "  1   1.000  shop          sends value 101  [for 2: what was acknowledged]", "  2   1.500  broker-1      appends <the record> (sent at 1.000)  [for 4: the record was written]",
      "  5  40.000  trial         lost-write is violated: t-0: value 101 was never read", "3 lines that matter less are left out",
      "  without \"broker-1 killed\" at 2.000 s: does not happen", "  without \"cut <b>\", which did nothing (and what hangs on it: heal): happens all the same",
    ] { #expect(text.contains(line), "\(line)\n\(text)") }
  }

  @Test func `A diagram has a line for each node, an arrow for each message, a band for each fault, and marks elections`() {
    let svg = SpaceTimeDiagram(SampleTrial.explanation).file
    #expect(["controller-1", "broker-1", "shop"].allSatisfy { svg.contains(">\($0)</text>") })
    #expect(svg.matches(of: /marker-end="url\(#space-time-head\)"/).count == 1)
    #expect(svg.matches(of: /fill-opacity="0.14"/).count == 1)
    #expect(svg.contains("l 8 8 l -8 8 l -8 -8 z"))
    #expect(svg.contains("5.8 s later") && !svg.contains("0.5 s later"))
    #expect(svg.contains("appends &lt;the record&gt;") && !svg.contains("{ink}") && !svg.contains("var(--"))
  }

  @Test func `Controllers stand before brokers, and brokers before clients`() {
    #expect(SpaceTimeLayout(SampleTrial.explanation).nodes == ["controller-1", "broker-1", "shop"])
  }

  @Test func `Lines follow each other downward, with room where time has passed`() {
    let rows = SpaceTimeLayout(SampleTrial.explanation).rows
    #expect(zip(rows, rows.dropFirst()).allSatisfy { $0 < $1 })
    #expect(rows[3] - rows[2] > rows[2] - rows[1])
  }

  @Test func `A page shows the explanation with its diagram, and the diagram is a file beside it`() throws {
    let html = try Self.page("index.html"), markdown = try Self.page("report.md")
    #expect(html.contains("<h2 id=\"explanation-title\">Why it happened</h2>") && html.contains("as messages and faults between nodes"))
    #expect(html.contains("2: what was acknowledged") && html.contains("happens all the same") && html.contains("3 lines that matter less are left out."))
    #expect(html.contains("stroke=\"var(--blue)\"") && html.contains("href=\"diagrams/explanation.svg\""))
    #expect(markdown.contains("(diagrams/explanation.svg)"))
    #expect(try Self.page("diagrams/explanation.svg").hasPrefix("<?xml"))
  }
}
