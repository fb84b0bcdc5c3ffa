import Cygnet
import Testing

/// The Swift blocks of the README and of the articles, compiled and run. `DocumentExampleTests`
/// compares each region between `begin` and `end` with the block of the document it names.
@Suite("Examples of the documents")
struct Examples {
  let now = Timestamp(seconds: 1_767_225_600)

  @Test("the README's conversation works")
  func readme() throws {
    // begin README.md
    // Bob's device makes its keys and leaves a bundle with a server.
    let bob = try IdentityKeyPair.generate()
    let bobAddress = try DeviceAddress(user: Array("bob".utf8), device: 1)
    var bobPreKeys = try PreKeys.generate(for: bob, at: bobAddress, now: now)
    let published = try bobPreKeys.takeBundle(for: bob.publicKey, at: bobAddress).encoded()

    // Alice's device checks the bundle and writes, while Bob's is away.
    let alice = try IdentityKeyPair.generate()
    let aliceAddress = try DeviceAddress(user: Array("alice".utf8), device: 1)
    let bundle = try PreKeyBundle(decoding: published).verified(now: now)
    var aliceSession = try PairwiseSession.initiate(to: bundle, as: alice, at: aliceAddress)
    let message = try aliceSession.encrypt(Array("hello".utf8)).encoded()

    // Bob's device comes back, opens the message, and answers.
    guard case .initial(let initial) = try PairwiseMessage(decoding: message) else {
      throw CygnetError(.notFound, "a message of a session that is not here")
    }
    var (bobSession, plaintext) = try PairwiseSession.accept(
      initial, as: bob, at: bobAddress, from: aliceAddress, using: &bobPreKeys)
    let reply = try bobSession.encrypt(Array("hello yourself".utf8)).encoded()
    let answer = try aliceSession.decrypt(PairwiseMessage(decoding: reply))
    // end
    #expect(plaintext == Array("hello".utf8))
    #expect(answer == Array("hello yourself".utf8))
  }

  @Test("the first session of the article works, to the error of a second delivery")
  func firstSession() throws {
    // begin First-session.md
    let bob = try IdentityKeyPair.generate()
    let bobAddress = try DeviceAddress(user: Array("bob".utf8), device: 1)
    var bobPreKeys = try PreKeys.generate(for: bob, at: bobAddress, now: now)

    let published = try bobPreKeys.takeBundle(for: bob.publicKey, at: bobAddress).encoded()
    // end
    // begin First-session.md
    let alice = try IdentityKeyPair.generate()
    let aliceAddress = try DeviceAddress(user: Array("alice".utf8), device: 1)

    let bundle = try PreKeyBundle(decoding: published).verified(now: now)
    var aliceSession = try PairwiseSession.initiate(to: bundle, as: alice, at: aliceAddress)
    let message = try aliceSession.encrypt(Array("hello".utf8)).encoded()
    // end
    // begin First-session.md
    guard case .initial(let initial) = try PairwiseMessage(decoding: message) else {
      throw CygnetError(.notFound, "a message of a session that is not here")
    }
    var (bobSession, plaintext) = try PairwiseSession.accept(
      initial, as: bob, at: bobAddress, from: aliceAddress, using: &bobPreKeys)
    // end
    #expect(plaintext == Array("hello".utf8))
    // begin First-session.md
    let reply = try bobSession.encrypt(Array("hello yourself".utf8)).encoded()
    let answer = try aliceSession.decrypt(PairwiseMessage(decoding: reply))
    // end
    #expect(answer == Array("hello yourself".utf8))
    // begin First-session.md
    let stored = try bobSession.state()
    bobSession = try PairwiseSession(restoring: stored)
    // end
    #expect(try bobSession.state() == stored)
    // begin First-session.md
    do throws(CygnetError) {
      _ = try bobSession.decrypt(PairwiseMessage(decoding: message))
    } catch {
      switch error.code {
      case .duplicate: break  // it was here before
      case .malformed, .authenticationFailed: break  // drop it
      default: throw error
      }
    }
    // end
    #expect(try bobSession.state() == stored)
  }

  @Test("two devices show the same safety number and match by scanning")
  func verification() throws {
    let alice = try IdentityKeyPair.generate().publicKey
    let bob = try IdentityKeyPair.generate().publicKey
    // begin Verifying-a-contact.md
    let onAlicesDevice = SafetyNumber(
      own: alice, ownUser: Array("alice".utf8), peer: bob, peerUser: Array("bob".utf8))
    let onBobsDevice = SafetyNumber(
      own: bob, ownUser: Array("bob".utf8), peer: alice, peerUser: Array("alice".utf8))

    print(onAlicesDevice.grouped)  // twelve groups of five digits, the same on both
    // end
    #expect(onAlicesDevice == onBobsDevice)
    // begin Verifying-a-contact.md
    let same = try onBobsDevice.matches(scanned: onAlicesDevice.scannable)
    // end
    #expect(same)
  }
}
