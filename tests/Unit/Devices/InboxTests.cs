using CsCheck;
using LimoCha.Actors.Devices;

namespace LimoCha.Actors.Unit.Devices;

public sealed class InboxTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);
    private static readonly Guid Gateway = Guid.NewGuid();
    private static readonly Guid[] Ids = [.. Enumerable.Range(0, 4).Select(_ => Guid.NewGuid())];

    [Fact]
    public void A_connection_gets_the_whole_set_first_and_then_each_change()
    {
        var inbox = Inboxes.New();
        inbox.Put(Card(0, 1));
        inbox.Attach(Gateway, Connection("c1")).Should().ContainSingle().Which.Message.Sync.Should().ContainSingle();
        inbox.Put(Card(1, 1)).Should().ContainSingle().Which.Message.Upsert!.Id.Should().Be(Ids[1]);
        inbox.Take(Ref(0, 2)).Should().ContainSingle().Which.Message.Remove!.Version.Should().Be(2);
    }

    [Fact]
    public void A_repeat_or_an_older_version_is_not_sent()
    {
        var inbox = Inboxes.New();
        inbox.Attach(Gateway, Connection("c1"));
        inbox.Put(Card(0, 2)).Should().HaveCount(1);
        inbox.Put(Card(0, 2)).Should().BeEmpty();
        inbox.Put(Card(0, 1)).Should().BeEmpty();
    }

    [Fact]
    public void A_card_taken_away_does_not_come_back_with_a_late_older_version()
    {
        var inbox = Inboxes.New();
        inbox.Put(Card(0, 1));
        inbox.Take(Ref(0, 3));
        inbox.Put(Card(0, 2));
        inbox.Cards.Should().BeEmpty();
        inbox.Put(Card(0, 4));
        inbox.Cards.Should().ContainSingle("a newer version is a new assignment");
    }

    [Fact]
    public void A_removal_that_overtakes_its_card_wins()
    {
        var inbox = Inboxes.New();
        inbox.Take(Ref(0, 5));
        inbox.Put(Card(0, 4));
        inbox.Cards.Should().BeEmpty();
    }

    [Fact]
    public void The_same_device_on_a_new_connection_replaces_the_old_one()
    {
        var inbox = Inboxes.New();
        inbox.Attach(Gateway, Connection("c1"));
        inbox.Attach(Guid.NewGuid(), Connection("c2"));
        inbox.Connections.Should().ContainSingle().Which.Connection.ConnectionId.Should().Be("c2");
    }

    [Fact]
    public void What_a_device_shows_and_nobody_told_of_is_unknown_and_what_was_taken_away_is_not()
    {
        var inbox = Inboxes.New();
        inbox.Put(Card(0, 1));
        inbox.Take(Ref(1, 5));
        inbox.Unknown([Ref(0, 1), Ref(1, 4), Ref(2, 7)]).Should().ContainSingle().Which.Id.Should().Be(Ids[2]);
    }

    [Fact]
    public void A_device_shows_a_thousand_cards_and_the_oldest_leave_it_for_one_more()
    {
        const int Put = 2_990;
        var inbox = Inboxes.New();
        var device = inbox.Attach(Gateway, Connection("c1")).Concat(Enumerable.Range(0, Put).SelectMany(number => inbox.Put(Numbered(number)))).ToList();

        var shown = new HashSet<Guid>();
        foreach (var (_, message) in device.Skip(1))
        {
            _ = message.Upsert is { } card ? shown.Add(card.Id) : shown.Remove(message.Remove!.Id);
            shown.Should().HaveCountLessThanOrEqualTo(Inbox.MostCards);
        }

        shown.Should().BeEquivalentTo(inbox.Cards.Select(card => card.Id));
        inbox.Cards.Should().HaveCountLessThanOrEqualTo(Inbox.MostCards).And.Contain(card => card.Mandatory, "the one that everybody has to see was the oldest of all");
        inbox.Cards.Skip(1).Should().BeEquivalentTo(Enumerable.Range(Put + 1 - inbox.Cards.Count, inbox.Cards.Count - 1).Select(Numbered), "the newest stay");
        inbox.Attach(Gateway, Connection("c2")).Should().ContainSingle().Which.Message.Sync.Should().HaveCountLessThanOrEqualTo(Inbox.MostCards);

        inbox.Put(Numbered(1)).Should().ContainSingle("one that was let go may come again").Which.Message.Upsert.Should().Be(Numbered(1));

        static Card Numbered(int number) => new() { Id = new Guid(number, 0, 0, new byte[8]), Kind = "task", Version = 1, At = Now.AddSeconds(number), Mandatory = number == 0 };
    }

    [Fact]
    public void Of_more_than_a_device_shows_the_newest_are_taken_and_those_that_everybody_has_to_see()
    {
        List<Card> open = [.. Enumerable.Range(0, 1_300).Select(number => new Card { Id = new Guid(number, 0, 0, new byte[8]), Kind = "task", Version = 1, At = Now.AddSeconds(number), Mandatory = number == 7 })];
        var shown = Inbox.Shown(open).ToList();
        shown.Should().Contain(open[7]).And.HaveCount(950, "a look must not bring back what one more card would take away again");
        shown.Where(card => !card.Mandatory).Should().BeEquivalentTo(open[^949..]);
        Inbox.Shown(open[..Inbox.MostCards]).Should().HaveCount(Inbox.MostCards);
    }

    [Fact]
    public void A_card_waits_with_all_it_has()
    {
        var card = new Card
        {
            Id = Ids[0], Kind = "notice", Version = 7, Category = "维修", Mandatory = true, Title = "上门 🛠", Body = "二楼", At = Now.ToOffset(TimeSpan.FromHours(8)), ExpiresAt = Now.AddDays(1), TaskId = Ids[1],
            Data = new()
            {
                Stage = "accepted", Priority = "urgent", DueAt = Now.AddHours(2), CustomerId = Ids[2], LocationId = Ids[3],
                Next = new() { Key = "measure", Title = "测量", Proof = ["photo", "note"], Mine = false },
                Checklist = [new() { Text = "关闸", Done = true }, new() { Text = "拍照" }], WaitsFor = 2, AnswerBy = Now.AddMinutes(5), Reminders = 3,
            },
        };
        Left(card, new()).Concat(Left(card.Data, new TaskCardData())).Should().BeEmpty("every field has a value of its own here");

        var inbox = Inboxes.New();
        inbox.Put(card);
        inbox.Put(Card(1, 1));
        inbox.Find(card.Id).Should().BeEquivalentTo(card, "another card was written with the same buffer");
        inbox.Attach(Gateway, Connection("c1")).Should().ContainSingle().Which.Message.Sync!.Single(open => open.Id == card.Id).Should().BeEquivalentTo(card);
        inbox.Find(Ids[2]).Should().BeNull();

        static IEnumerable<string> Left<T>(T all, T none) => typeof(T).GetProperties().Where(property => Equals(property.GetValue(all), property.GetValue(none))).Select(property => property.Name);
    }

    [Fact]
    public void Ending_a_session_tells_its_connections_and_forgets_them()
    {
        var inbox = Inboxes.New();
        var session = Guid.NewGuid();
        inbox.Attach(Gateway, Connection("c1", "phone", session));
        inbox.Attach(Gateway, Connection("c2", "tablet"));
        inbox.End(session, "revoked").Should().ContainSingle().Which.Message.SessionEnded.Should().Be("revoked");
        inbox.Connections.Should().ContainSingle().Which.Connection.ConnectionId.Should().Be("c2");
    }

    /// <summary>
    /// Against a model: the newest version of each card decides. Deliveries come in any order and any number of times,
    /// the connection drops and comes back; a device that follows the protocol ends with the server's set and never
    /// shows a version twice.
    /// </summary>
    [Fact]
    public void A_device_converges_to_the_newest_versions_whatever_the_order()
    {
        var step = Gen.Select(Gen.Int[0, 9], Gen.Int[0, Ids.Length - 1], Gen.Int[1, 12]);
        step.Array[1, 80].Sample(steps =>
        {
            var inbox = Inboxes.New();
            var model = new Dictionary<Guid, (int Version, bool Open)>();
            var device = new ModelDevice();
            var connection = 0;
            Receive(device, inbox.Attach(Gateway, Connection("c0", have: device.Shows)), "c0");
            foreach (var (what, which, version) in steps)
            {
                IReadOnlyList<Inbox.Outgoing> sent = [];
                // Odd versions are open, even ones closed, so that a version has one meaning as it has in a task.
                if (what < 8)
                {
                    if (!model.TryGetValue(Ids[which], out var known) || known.Version < version)
                    {
                        model[Ids[which]] = (version, version % 2 == 1);
                    }

                    sent = version % 2 == 1 ? inbox.Put(Card(which, version)) : inbox.Take(Ref(which, version));
                }
                else
                {
                    inbox.Detach($"c{connection}");
                    connection++;
                    sent = inbox.Attach(Gateway, Connection($"c{connection}", have: device.Shows));
                }

                Receive(device, sent, $"c{connection}");
            }

            var expected = model.Where(pair => pair.Value.Open).ToDictionary(pair => pair.Key, pair => pair.Value.Version);
            device.Shows.ToDictionary(card => card.Id, card => card.Version).Should().BeEquivalentTo(expected);
            inbox.Cards.ToDictionary(card => card.Id, card => card.Version).Should().BeEquivalentTo(expected);
        });
    }

    private static void Receive(ModelDevice device, IReadOnlyList<Inbox.Outgoing> messages, string connection)
    {
        foreach (var message in messages.Select(sent => sent.Message).Where(message => message.ConnectionId == connection))
        {
            device.Arrive(message);
        }
    }

    private static Card Card(int which, int version) => new() { Id = Ids[which], Version = version, Title = $"card {which}", At = Now };

    private static CardRef Ref(int which, int version) => new() { Id = Ids[which], Version = version };

    private static DeviceConnection Connection(string id, string device = "phone", Guid session = default, IReadOnlyList<CardRef>? have = null) =>
        new(id, session, new() { DeviceId = device, Platform = "test", Have = have }, Now);
}
