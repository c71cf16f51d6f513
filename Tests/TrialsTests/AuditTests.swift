import Testing
import Workloads

@testable import Trials

@Suite struct AuditTests {
  @Test func `What is sent after the audit is not taken for missing`() {
    let audit = Audit(process: ProcessNumber(1), present: [true, false])
    #expect(audit.hasReceived(RecordValue(0)))
    #expect(!audit.hasReceived(RecordValue(1)))
    #expect(audit.hasReceived(RecordValue(2)))
  }
}
