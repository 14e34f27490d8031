# The people, queues and rights of the test, and one token of the console's account.
our @Queues = ({Name => 'Changes', Lifecycle => 'change'});
our @Groups = ({Name => 'Consoles'}, {Name => 'People'});
our @Users = map {
    {Name => $_, EmailAddress => "$_\@localhost", Password => "$_-secret", Privileged => 1}
} qw(console tomas ilka mara petra);
our @Members = map {
    {
        Group       => $_ eq 'console' ? 'Consoles' : 'People',
        GroupDomain => 'UserDefined',
        Class       => 'RT::User',
        Name        => $_,
    }
} qw(console tomas ilka mara petra);
our @CustomFields = ({
    Name       => 'Plan digest',
    Type       => 'FreeformSingle',
    LookupType => 'RT::Queue-RT::Ticket',
    Queue      => ['Changes'],
});
sub granted {
    my ($group, $queue, @rights) = @_;
    return map {
        {
            GroupDomain => 'UserDefined',
            GroupId     => $group,
            Right       => $_,
            $queue ? (Queue => $queue) : (),
        }
    } @rights;
}
our @ACL = (
    granted('Consoles', 'Changes', qw(SeeQueue ShowTicket ShowTicketComments CommentOnTicket)),
    granted('Consoles', 'Changes', qw(ModifyTicket SeeCustomField)),
    granted('Consoles', '___Approvals', qw(SeeQueue ShowTicket)),
    granted('People', undef, qw(SeeQueue ShowTicket ShowTicketComments CommentOnTicket)),
    granted('People', undef, qw(CreateTicket ModifyTicket OwnTicket)),
    granted('People', undef, qw(SeeCustomField ModifyCustomField)),
);
our @Final = (sub {
    require RT::AuthToken;
    my $owner = RT::CurrentUser->new('console');
    my ($done, $says, $token) = RT::AuthToken->new(RT->SystemUser)->Create(
        Owner       => $owner->id,
        Description => 'the console',
    );
    open my $file, '>', '@FOLDER@/token' or die $!;
    print {$file} $token;
    close $file;
});
1;
