import CygnetAttachments
import Testing

@Suite struct FileNameTests {
  @Test(
    "a name is made safe",
    arguments: [
      ("photo.jpg", "photo.jpg"), ("../../etc/passwd", "_.._etc_passwd"), ("a/b\\c:d", "a_b_c_d"),
      ("", "attachment"), ("...", "attachment"), (".bashrc", "bashrc"), ("a\0b\n", "a_b_"),
      ("a. . ", "a"), ("CON", "_CON"), ("nul.txt", "_nul.txt"), ("com7.x", "_com7.x"),
      ("company", "company"), ("ann\u{202e}gpj.exe", "anngpj.exe"),
      ("\u{200f}\u{2066}x\u{2069}\u{061c}", "x"), ("\u{85}\u{2028}z", "__z"),
      ("سلام.pdf", "سلام.pdf"),
    ])
  func safe(name: String, expected: String) {
    #expect(FileName.sanitised(name) == expected)
    #expect(FileName.sanitised(expected) == expected)
  }

  @Test("a long name loses its end and keeps its extension, whole characters only")
  func long() {
    let name = FileName.sanitised(String(repeating: "ü", count: 100_000) + ".jpeg")
    #expect(name.hasSuffix("ü.jpeg"))
    #expect(name.utf8.count <= 255 && name.utf8.count > 250)
    #expect(FileName.sanitised(String(repeating: "a.", count: 100_000)).utf8.count <= 255)
  }
}
