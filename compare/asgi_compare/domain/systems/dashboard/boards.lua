-- The boards in a Redis or Valkey, for several processes: what is reported goes to all.
--
-- KEYS[1]  begins the names of all keys
-- ARGV     the verb, and its own arguments
-- returns  {code, position, pairs}: the id of the newest entry, and names with values
--
--   :feed           a stream: board, and the figures of a report as JSON
--   :figures:BOARD  by name, the value as JSON
--   :boards         by board, when it was last told of
local verb = ARGV[1]

local function key(...)
  return KEYS[1] .. ':' .. table.concat({...}, ':')
end

local code, pairs_ = '', {}

if verb == 'report' then
  local board, figures = ARGV[2], ARGV[3]
  local figures_allowed, boards_allowed = tonumber(ARGV[4]), tonumber(ARGV[5])
  local new = 0
  for n = 6, #ARGV, 2 do
    new = new + 1 - redis.call('HEXISTS', key('figures', board), ARGV[n])
  end
  if redis.call('HLEN', key('figures', board)) + new > figures_allowed then
    return {'too-many-figures', '0-0', {}}
  end
  for n = 6, #ARGV, 2 do
    redis.call('HSET', key('figures', board), ARGV[n], ARGV[n + 1])
  end
  redis.call('EXPIRE', key('figures', board), 3600)
  redis.call('ZADD', key('boards'), redis.call('TIME')[1], board)
  if redis.call('ZCARD', key('boards')) > boards_allowed then
    redis.call('DEL', key('figures', redis.call('ZPOPMIN', key('boards'))[1]))
  end
  redis.call('XADD', key('feed'), 'MAXLEN', '~', 10000, '*', 'board', board,
    'figures', figures)

elseif verb == 'load' then
  pairs_ = redis.call('HGETALL', key('figures', ARGV[2]))

elseif verb == 'once' then
  -- A token is good for one time, in whatever process.
  if not redis.call('SET', key('once', ARGV[2]), 1, 'NX', 'EX', ARGV[3]) then
    code = 'used'
  end
end

local newest = redis.call('XREVRANGE', key('feed'), '+', '-', 'COUNT', 1)
return {code, newest[1] and newest[1][1] or '0-0', pairs_}
