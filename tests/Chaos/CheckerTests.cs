namespace LimoCha.Actors.Chaos;

/// <summary>The checker is only as good as what it finds: a clean history passes, and each planted error is found and named.</summary>
public sealed class CheckerTests
{
    private static readonly Guid User = Guid.NewGuid();
    private static readonly Guid Card = Guid.NewGuid();
    private readonly History history = new();
    private readonly List<FinalTask> final = [];

    public CheckerTests()
    {
        // Made, shown, accepted, shown, commented once; and another task made and closed again.
        history.Add(new("t1", Card, 1, "create", default));
        history.Add(new("t1", Card, 2, "accept", default));
        history.Add(new("t1", Card, 3, "comment", default));
        See(Seen.Shown, 1);
        See(Seen.Shown, 2);
        See(Seen.Shown, 3);
        final.Add(new(Card, 3, "t1", "accepted", User, 1));
        var closed = Guid.NewGuid();
        history.Add(new("t2", closed, 2, "cancel", default));
        history.Device("phone", User).Add(new(Seen.Shown, closed, 1, default));
        history.Device("phone", User).Add(new(Seen.Removed, closed, 2, default));
        final.Add(new(closed, 2, "t2", "cancelled", User, 0));
    }

    [Fact]
    public void A_clean_history_passes() => Checker.Check(history, final).Should().BeEmpty();

    [Fact]
    public void A_missing_task_is_lost()
    {
        history.Add(new("t9", Guid.NewGuid(), 1, "create", default));
        Found(Fault.Lost);
    }

    [Fact]
    public void A_version_that_went_back_is_lost()
    {
        history.Add(new("t1", Card, 4, "start", default));
        Found(Fault.Lost);
    }

    [Fact]
    public void A_comment_that_is_not_there_is_lost()
    {
        history.Add(new("t1", Card, 3, "comment", default));
        Found(Fault.Lost);
    }

    [Fact]
    public void An_unanswered_comment_may_be_there_and_a_doubled_one_may_not()
    {
        history.UnansweredComments[Card] = 1;
        final[0] = final[0] with { Comments = 2 };
        Checker.Check(history, final).Should().BeEmpty();
        final[0] = final[0] with { Comments = 3 };
        Found(Fault.Doubled);
    }

    [Fact]
    public void A_creation_with_two_tasks_is_doubled()
    {
        final.Add(new(Guid.NewGuid(), 1, "t1", "cancelled", User, 0));
        Found(Fault.Doubled);
    }

    [Fact]
    public void A_version_shown_again_is_found()
    {
        See(Seen.Shown, 3);
        Found(Fault.ShownTwice);
    }

    [Fact]
    public void An_older_version_after_a_newer_one_is_out_of_order()
    {
        var other = Guid.NewGuid();
        history.Device("phone", User).Add(new(Seen.Shown, other, 5, default));
        history.Device("phone", User).Add(new(Seen.Shown, other, 4, default));
        final.Add(new(other, 4, "t3", "assigned", User, 0));
        Found(Fault.OutOfOrder);
    }

    [Fact]
    public void A_card_that_comes_back_after_its_removal_is_resurrected()
    {
        See(Seen.Removed, 3);
        See(Seen.Shown, 3);
        Found(Fault.Resurrected);
    }

    [Fact]
    public void A_newer_assignment_after_a_removal_is_fine()
    {
        See(Seen.Removed, 4);
        See(Seen.Shown, 5);
        final[0] = final[0] with { Version = 5 };
        Checker.Check(history, final).Should().BeEmpty();
    }

    [Fact]
    public void A_card_missing_on_a_device_is_a_divergence()
    {
        history.Device("tablet", User);
        Found(Fault.Diverged);
    }

    [Fact]
    public void A_closed_card_still_shown_is_a_divergence()
    {
        final[0] = final[0] with { Stage = "completed" };
        Found(Fault.Diverged);
    }

    private void See(Seen seen, int version) => history.Device("phone", User).Add(new(seen, Card, version, default));

    private void Found(Fault fault) => Checker.Check(history, final).Should().NotBeEmpty().And.OnlyContain(finding => finding.Fault == fault);
}
