vcl 4.1;

# Varnish in front of a newsroom, with its module xkey (Debian: varnish-modules). In the
# site's environment: HTTP_CACHES=varnish://127.0.0.1:6081

import xkey;

backend default {
    .host = "127.0.0.1";
    .port = "8000";
}

# Where the site runs, which says what to drop.
acl newsroom {
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    if (req.method == "PURGE") {
        if (client.ip !~ newsroom) {
            return (synth(403));
        }
        if (!req.http.Surrogate-Key) {
            return (synth(400));
        }
        set req.http.X-Dropped = xkey.purge(req.http.Surrogate-Key);
        return (synth(200));
    }
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    if (req.url ~ "^/(admin|preview)/") {
        return (pass);
    }
    # No page for readers looks at one.
    unset req.http.Cookie;
    return (hash);
}

sub vcl_backend_response {
    # What says nothing of caches, such as a page that is not there yet, is not kept;
    # nor is anything served that is past its time.
    if (beresp.http.Cache-Control !~ "s-maxage|immutable") {
        set beresp.ttl = 0s;
    }
    set beresp.grace = 0s;
    set beresp.http.xkey = beresp.http.Surrogate-Key;
}

sub vcl_deliver {
    # Caches further out are told nothing of a change: they ask each time.
    set resp.http.Cache-Control = regsub(resp.http.Cache-Control, ", s-maxage=[0-9]+", "");
    unset resp.http.Age;
    unset resp.http.xkey;
    unset resp.http.Surrogate-Key;
    unset resp.http.Cache-Tag;
}

sub vcl_synth {
    if (req.http.X-Dropped) {
        set resp.http.X-Dropped = req.http.X-Dropped;
    }
}
