import Foundation
import Testing

@testable import Bench
@testable import Scenarios

/// Files that are read and never run.
@Suite struct FileCheckTests {
  private let files = TemporaryFiles()

  @Test func `A byte order mark at the start of a file does no harm`() throws {
    let check = FileCheck(try files.write("\u{feff}" + BenchRunTests.text, to: "marked.yaml"))
    #expect(check.kind == .scenario)
    #expect(check.mistakes.isEmpty)
  }

  @Test func `A workload and a driver file are checked separately`() throws {
    let right = try FileCheck(files.write(OpenMessagingTests.workload, to: "workload.yaml")), driver = try FileCheck(files.write(OpenMessagingTests.driver, to: "driver.yaml"))
    #expect(right.kind == .workload && right.mistakes.isEmpty)
    #expect(driver.kind == .driver && driver.mistakes.isEmpty)
    let wrong = try FileCheck(files.write(OpenMessagingTests.driver.replacing("acks=all", with: "acks=7"), to: "wrong.yaml"))
    #expect(wrong.mistakes.map(\.problem) == ["acks=7 is not valid: expected one of all, -1, 0, 1"])
    #expect(wrong.mistakes.map(\.place.line) == [11])
    let machine = try FileCheck(files.write("name: m\ndisk: { capacity: 0B }", to: "machine.yaml"))
    #expect(machine.kind == .machine && machine.mistakes.map(\.place.line) == [2])
    #expect(FileCheck(files.folder + "/none.yaml").mistakes.map(\.problem) == ["there is no such file, and no scenario of this name in the program"])
  }

  @Test func `Every file that ships is correct`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    let checks = try ["/scenarios", "/Sources/Scenarios/Machines"].flatMap { try FileCheck.files(below: root + $0) }.map { FileCheck($0) }
    #expect(checks.count >= 30)
    for check in checks { #expect(check.mistakes == [], "\(check.file)") }
    #expect(Set(checks.compactMap(\.kind)) == [.scenario, .machine, .workload, .driver, .deeds, .gates])
  }
}
