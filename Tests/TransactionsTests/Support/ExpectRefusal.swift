import Coordination
import Testing
import Wire

/// Expects a refusal with a code.
func expectRefusal<Result>(_ code: ErrorCode, sourceLocation: SourceLocation = #_sourceLocation, _ act: () throws -> Result) {
  do {
    _ = try act()
    Issue.record("it was not refused", sourceLocation: sourceLocation)
  } catch let refusal as Refusal {
    #expect(refusal.code == code, sourceLocation: sourceLocation)
  } catch {
    Issue.record("\(error)", sourceLocation: sourceLocation)
  }
}
